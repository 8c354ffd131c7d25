using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A linear map on feature maps, plus a bias, in double: what a convolution, and everything that can be written as one, computes.</summary>
/// <remarks>
/// The input gets <see cref="Padding"/> pixels of <see cref="Border"/> around it; then tap (y, x) of output pixel (r, c) reads the pixel
/// (stride·r + dilation·y, stride·c + dilation·x) of that. So relative to the unpadded input a tap has the <em>offset</em>
/// dilation·y − padding: two maps sample one grid when strides agree, whatever their kernels, and an even kernel needs no centre.
/// </remarks>
public sealed record LinearMap
{
    /// <summary>A map; stride and dilation 1, one group, no padding and no bias unless set.</summary>
    /// <param name="inChannels">Channels it reads.</param>
    /// <param name="outChannels">Channels it makes.</param>
    /// <param name="kernel">Taps.</param>
    /// <param name="weight">The weights, [out][in / groups][kernel height][kernel width].</param>
    /// <param name="groups">Groups of channels that do not see each other.</param>
    /// <exception cref="ArgumentException">The weights' count does not fit.</exception>
    public LinearMap(int inChannels, int outChannels, Size kernel, double[] weight, int groups = 1)
    {
        ArgumentNullException.ThrowIfNull(weight);
        long expected = (long)outChannels * (inChannels / groups) * kernel.Area;
        if (weight.Length != expected || inChannels % groups != 0 || outChannels % groups != 0)
        {
            throw new ArgumentException($"A {kernel} map from {inChannels} to {outChannels} channels in {groups} group(s) has {expected} weights, not {weight.Length}.", nameof(weight));
        }

        (InChannels, OutChannels, Kernel, Weight, Groups) = (inChannels, outChannels, kernel, weight, groups);
        Bias = new double[outChannels];
    }

    /// <summary>Channels it reads.</summary>
    public int InChannels { get; }

    /// <summary>Channels it makes.</summary>
    public int OutChannels { get; }

    /// <summary>Taps.</summary>
    public Size Kernel { get; }

    /// <summary>The weights, [out][in / groups][kernel height][kernel width]. Only read by whoever did not make them.</summary>
    public double[] Weight { get; }

    /// <summary>Groups of channels that do not see each other.</summary>
    public int Groups { get; }

    /// <summary>One summand for each output channel.</summary>
    public double[] Bias { get; init; }

    /// <summary>Input pixels from one output pixel to the next.</summary>
    public Size Stride { get; init; } = 1;

    /// <summary>Input pixels from one tap to the next.</summary>
    public Size Dilation { get; init; } = 1;

    /// <summary>Pixels around the input.</summary>
    public Padding Padding { get; init; }

    /// <summary>What those pixels are: one number for each input channel, or <see langword="null"/> for zeros.</summary>
    public double[]? Border { get; init; }

    /// <summary>Input channels in a group.</summary>
    public int GroupInputs => InChannels / Groups;

    /// <summary>Output channels in a group.</summary>
    public int GroupOutputs => OutChannels / Groups;

    /// <summary>Whether each output pixel sees one input pixel, and each input pixel is seen once.</summary>
    public bool IsPointwise => Kernel == 1 && Stride == 1 && Padding.IsNone;

    /// <summary>Whether it scales and shifts each channel for itself and does nothing else.</summary>
    public bool IsChannelwise => IsPointwise && Groups == InChannels && Groups == OutChannels;

    /// <summary>Whether there is a bias.</summary>
    public bool HasBias => Array.Exists(Bias, number => number != 0);

    /// <summary>Whether the pixels around the input are there and not all zero.</summary>
    public bool HasBorder => !Padding.IsNone && Border is not null && Array.Exists(Border, number => number != 0);

    /// <summary>Whether the output is the input.</summary>
    public bool IsIdentity => IsChannelwise && !HasBias && Array.TrueForAll(Weight, number => number == 1);
}
