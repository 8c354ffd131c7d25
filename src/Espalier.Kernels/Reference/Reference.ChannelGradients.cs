using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>The gradient of one input of <see cref="Concat"/>, added to the target.</summary>
    /// <param name="outputGradient">Batch x output channels x height x width.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image of this input.</param>
    /// <param name="firstChannel">The channels of the inputs before this one.</param>
    /// <param name="outputChannels">The channels of all inputs.</param>
    /// <param name="inputGradient">Batch x <paramref name="shape"/>.</param>
    public static void ConcatGradient<T>(
        ReadOnlySpan<T> outputGradient, int batch, FeatureMap shape, int firstChannel, int outputChannels, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T> =>
        ScatterChannels(outputGradient, batch, shape with { Channels = outputChannels }, shape.Channels, o => o - firstChannel, inputGradient);

    /// <summary>The gradient of <see cref="ChannelSlice"/>, added to the target.</summary>
    /// <param name="outputGradient">Batch x count x height x width.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="start">The first channel.</param>
    /// <param name="count">Number of channels.</param>
    /// <param name="inputGradient">Batch x <paramref name="shape"/>.</param>
    public static void ChannelSliceGradient<T>(ReadOnlySpan<T> outputGradient, int batch, FeatureMap shape, int start, int count, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T> =>
        ScatterChannels(outputGradient, batch, shape with { Channels = count }, shape.Channels, o => start + o, inputGradient);

    /// <summary>The gradient of <see cref="ChannelShuffle"/>, added to the target.</summary>
    /// <param name="outputGradient">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="groups">Number of groups; divides the channels.</param>
    /// <param name="inputGradient">Batch x <paramref name="shape"/>.</param>
    public static void ChannelShuffleGradient<T>(ReadOnlySpan<T> outputGradient, int batch, FeatureMap shape, int groups, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T>
    {
        int[] sources = ChannelPermutation.Shuffle(shape.Channels, groups);
        ScatterChannels(outputGradient, batch, shape, shape.Channels, o => sources[o], inputGradient);
    }

    /// <summary>The gradient of <see cref="PadChannels"/>, added to the target.</summary>
    /// <param name="outputGradient">Batch x (before + channels + after) x height x width.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="before">Number of zero channels before the input's.</param>
    /// <param name="after">Number of zero channels after the input's.</param>
    /// <param name="inputGradient">Batch x <paramref name="shape"/>.</param>
    public static void PadChannelsGradient<T>(ReadOnlySpan<T> outputGradient, int batch, FeatureMap shape, int before, int after, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T> =>
        ScatterChannels(outputGradient, batch, shape with { Channels = before + shape.Channels + after }, shape.Channels, o => o - before, inputGradient);

    /// <summary>The gradient of <see cref="Pad"/>'s input, added to the target: the part inside the padding.</summary>
    /// <param name="outputGradient">Batch x channels x padded height x padded width.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="padding">Pixels on each side.</param>
    /// <param name="inputGradient">Batch x <paramref name="shape"/>.</param>
    public static void PadGradient<T>(ReadOnlySpan<T> outputGradient, int batch, FeatureMap shape, Padding padding, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T>
    {
        int width = padding.Left + shape.Width + padding.Right;
        int pixels = (padding.Top + shape.Height + padding.Bottom) * width;
        Expect.Length(outputGradient.Length, (long)batch * shape.Channels * pixels, nameof(outputGradient));
        Expect.Length(inputGradient.Length, (long)batch * shape.Length, nameof(inputGradient));
        for (int i = 0; i < inputGradient.Length; i++)
        {
            (int y, int x) = (i % shape.Pixels / shape.Width, i % shape.Width);
            inputGradient[i] += outputGradient[(i / shape.Pixels * pixels) + ((y + padding.Top) * width) + x + padding.Left];
        }
    }

    // Output channel o adds to input channel target(o), if there is such a channel.
    private static void ScatterChannels<T>(
        ReadOnlySpan<T> outputGradient, int batch, FeatureMap outputShape, int inputChannels, Func<int, int> target, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T>
    {
        FeatureMap shape = outputShape with { Channels = inputChannels };
        Expect.Length(outputGradient.Length, (long)batch * outputShape.Length, nameof(outputGradient));
        Expect.Length(inputGradient.Length, (long)batch * shape.Length, nameof(inputGradient));
        for (int n = 0; n < batch; n++)
        {
            for (int o = 0; o < outputShape.Channels; o++)
            {
                if ((uint)target(o) < (uint)inputChannels)
                {
                    Span<T> sum = Plane(inputGradient, shape, n, target(o));
                    Add(sum, Plane(outputGradient, outputShape, n, o), sum);
                }
            }
        }
    }
}
