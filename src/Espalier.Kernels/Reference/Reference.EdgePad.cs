using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>Pads every image with its own pixels.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="mode">Which pixels are repeated.</param>
    /// <param name="padding">Pixels on each side; less than the map when reflecting.</param>
    /// <param name="output">Batch x channels x padded height x padded width.</param>
    public static void EdgePad<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, PaddingMode mode, Padding padding, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        int[] sources = EdgePadSources(shape, mode, padding);
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(output.Length, (long)batch * shape.Channels * sources.Length, nameof(output));
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = input[(i / sources.Length * shape.Pixels) + sources[i % sources.Length]];
        }
    }

    /// <summary>The gradient of <see cref="EdgePad"/>, added to the target.</summary>
    /// <param name="outputGradient">Batch x channels x padded height x padded width.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="mode">Which pixels are repeated.</param>
    /// <param name="padding">Pixels on each side.</param>
    /// <param name="inputGradient">Batch x <paramref name="shape"/>.</param>
    public static void EdgePadGradient<T>(ReadOnlySpan<T> outputGradient, int batch, FeatureMap shape, PaddingMode mode, Padding padding, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T>
    {
        int[] sources = EdgePadSources(shape, mode, padding);
        Expect.Length(inputGradient.Length, (long)batch * shape.Length, nameof(inputGradient));
        Expect.Length(outputGradient.Length, (long)batch * shape.Channels * sources.Length, nameof(outputGradient));
        for (int i = 0; i < outputGradient.Length; i++)
        {
            inputGradient[(i / sources.Length * shape.Pixels) + sources[i % sources.Length]] += outputGradient[i];
        }
    }

    // For each pixel of a padded plane, the pixel of the plane that it repeats.
    private static int[] EdgePadSources(FeatureMap shape, PaddingMode mode, Padding padding)
    {
        int width = padding.Left + shape.Width + padding.Right;
        var sources = new int[(padding.Top + shape.Height + padding.Bottom) * width];
        for (int i = 0; i < sources.Length; i++)
        {
            sources[i] = (mode.Source((i / width) - padding.Top, shape.Height) * shape.Width) + mode.Source((i % width) - padding.Left, shape.Width);
        }

        return sources;
    }
}
