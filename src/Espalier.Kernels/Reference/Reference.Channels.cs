using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>One input of a concatenation: copies an image's channels after those of the previous inputs.</summary>
    /// <remarks>Called once per input, because a list of spans cannot be passed.</remarks>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image of this input.</param>
    /// <param name="firstChannel">The channels of the inputs before this one.</param>
    /// <param name="outputChannels">The channels of all inputs.</param>
    /// <param name="output">Batch x output channels x height x width.</param>
    public static void Concat<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, int firstChannel, int outputChannels, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        FeatureMap outputShape = shape with { Channels = outputChannels };
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(output.Length, (long)batch * outputShape.Length, nameof(output));
        for (int n = 0; n < batch; n++)
        {
            for (int c = 0; c < shape.Channels; c++)
            {
                Plane(input, shape, n, c).CopyTo(Plane(output, outputShape, n, firstChannel + c));
            }
        }
    }

    /// <summary>Channels [start, start + count) of every image.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="start">The first channel.</param>
    /// <param name="count">Number of channels.</param>
    /// <param name="output">Batch x count x height x width.</param>
    public static void ChannelSlice<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, int start, int count, Span<T> output)
        where T : IFloatingPointIeee754<T> =>
        GatherChannels(input, batch, shape, count, c => start + c, output);

    /// <summary>Channel shuffle (Zhang et al., ShuffleNet, 2018): channel (i, j) of groups x channels-per-group becomes channel (j, i).</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="groups">Number of groups; divides the channels.</param>
    /// <param name="output">As <paramref name="input"/>.</param>
    public static void ChannelShuffle<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, int groups, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        Expect.That(shape.Channels % groups == 0, "groups must divide the channels");
        int[] sources = ChannelPermutation.Shuffle(shape.Channels, groups);
        GatherChannels(input, batch, shape, shape.Channels, c => sources[c], output);
    }

    /// <summary>Channels of zeros before and after those of every image: the identity shortcut of option A (He et al. 2016, CIFAR).</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="before">Number of zero channels before the input's.</param>
    /// <param name="after">Number of zero channels after the input's.</param>
    /// <param name="output">Batch x (before + channels + after) x height x width.</param>
    public static void PadChannels<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, int before, int after, Span<T> output)
        where T : IFloatingPointIeee754<T> =>
        GatherChannels(input, batch, shape, before + shape.Channels + after, c => c - before, output);

    // Output channel c is input channel source(c), or zeros where there is no such channel.
    private static void GatherChannels<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, int outputChannels, Func<int, int> source, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        FeatureMap outputShape = shape with { Channels = outputChannels };
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(output.Length, (long)batch * outputShape.Length, nameof(output));
        for (int n = 0; n < batch; n++)
        {
            for (int c = 0; c < outputChannels; c++)
            {
                Span<T> target = Plane(output, outputShape, n, c);
                if ((uint)source(c) < (uint)shape.Channels)
                {
                    Plane(input, shape, n, source(c)).CopyTo(target);
                }
                else
                {
                    target.Clear();
                }
            }
        }
    }

    private static ReadOnlySpan<T> Plane<T>(ReadOnlySpan<T> images, FeatureMap shape, int image, int channel) =>
        images.Slice((image * shape.Length) + (channel * shape.Pixels), shape.Pixels);

    private static Span<T> Plane<T>(Span<T> images, FeatureMap shape, int image, int channel) =>
        images.Slice((image * shape.Length) + (channel * shape.Pixels), shape.Pixels);
}
