using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A linear map of feature maps with a bias, in double precision: a convolution or an op that can be written as one.</summary>
/// <remarks>
/// The input is padded by <see cref="Padding"/> pixels with the value <see cref="Border"/>. For output pixel (r, c), kernel position (y, x) reads the pixel
/// (stride·r + dilation·y, stride·c + dilation·x) of the padded input. Relative to the unpadded input, a kernel position therefore has the <em>offset</em>
/// dilation·y − padding. Two maps sample the same grid if their strides are equal, whatever their kernel sizes, and an even kernel needs no centre.
/// </remarks>
public sealed record LinearMap
{
    /// <summary>Creates a map with stride 1, dilation 1, no padding and no bias.</summary>
    /// <param name="inChannels">Input channels.</param>
    /// <param name="outChannels">Output channels.</param>
    /// <param name="kernel">Kernel size.</param>
    /// <param name="weight">The weights, [out][in / groups][kernel height][kernel width].</param>
    /// <param name="groups">Number of groups of channels.</param>
    /// <exception cref="ArgumentException">The number of weights does not match the other arguments, or the channels are not divisible by the groups.</exception>
    public LinearMap(int inChannels, int outChannels, Size kernel, double[] weight, int groups = 1)
    {
        ArgumentNullException.ThrowIfNull(weight);
        long expected = (long)outChannels * (inChannels / groups) * kernel.Area;
        if (weight.Length != expected || inChannels % groups != 0 || outChannels % groups != 0)
        {
            throw new ArgumentException($"Expected {expected} weights for a {kernel} map from {inChannels} to {outChannels} channels in {groups} group(s), found {weight.Length}.", nameof(weight));
        }

        (InChannels, OutChannels, Kernel, Weight, Groups) = (inChannels, outChannels, kernel, weight, groups);
        Bias = new double[outChannels];
    }

    /// <summary>Number of input channels.</summary>
    public int InChannels { get; }

    /// <summary>Number of output channels.</summary>
    public int OutChannels { get; }

    /// <summary>Kernel size.</summary>
    public Size Kernel { get; }

    /// <summary>The weights, [out][in / groups][kernel height][kernel width]. Must only be modified by their creator.</summary>
    public double[] Weight { get; }

    /// <summary>Number of groups of channels.</summary>
    public int Groups { get; }

    /// <summary>The bias, one value per output channel.</summary>
    public double[] Bias { get; init; }

    /// <summary>Distance between neighbouring output pixels, in input pixels.</summary>
    public Size Stride { get; init; } = 1;

    /// <summary>Distance between neighbouring kernel elements, in input pixels.</summary>
    public Size Dilation { get; init; } = 1;

    /// <summary>Padding in pixels.</summary>
    public Padding Padding { get; init; }

    /// <summary>The padding value, one per input channel, or <see langword="null"/> for zeros.</summary>
    public double[]? Border { get; init; }

    /// <summary>Number of input channels per group.</summary>
    public int GroupInputs => InChannels / Groups;

    /// <summary>Number of output channels per group.</summary>
    public int GroupOutputs => OutChannels / Groups;

    /// <summary>Whether each output pixel depends on one input pixel, and each input pixel is used once.</summary>
    public bool IsPointwise => Kernel == 1 && Stride == 1 && Padding.IsNone;

    /// <summary>Whether the map only scales and shifts each channel.</summary>
    public bool IsChannelwise => IsPointwise && Groups == InChannels && Groups == OutChannels;

    /// <summary>Whether there is a bias.</summary>
    public bool HasBias => Array.Exists(Bias, number => number != 0);

    /// <summary>Whether the map pads with a value other than zero.</summary>
    public bool HasBorder => !Padding.IsNone && Border is not null && Array.Exists(Border, number => number != 0);

    /// <summary>Whether the output equals the input.</summary>
    public bool IsIdentity => IsChannelwise && !HasBias && Array.TrueForAll(Weight, number => number == 1);
}
