using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>x for x &gt; 0, otherwise slope·x.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="slopes">One for each channel, or one for all.</param>
    /// <param name="output">As <paramref name="input"/>.</param>
    public static void PRelu<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, ReadOnlySpan<T> slopes, Span<T> output) where T : IFloatingPointIeee754<T>
    {
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(output.Length, input.Length, nameof(output));
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = input[i] > T.Zero ? input[i] : slopes[i / shape.Pixels % shape.Channels % slopes.Length] * input[i];
        }
    }

    /// <summary>The gradients of <see cref="PRelu"/>, added to the targets.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="slopes">One for each channel, or one for all.</param>
    /// <param name="outputGradient">As <paramref name="input"/>.</param>
    /// <param name="inputGradient">As <paramref name="input"/>.</param>
    /// <param name="slopeGradient">As <paramref name="slopes"/>.</param>
    public static void PReluGradient<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, ReadOnlySpan<T> slopes, ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> slopeGradient)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(outputGradient.Length, input.Length, nameof(outputGradient));
        for (int i = 0; i < input.Length; i++)
        {
            int slope = i / shape.Pixels % shape.Channels % slopes.Length;
            inputGradient[i] += input[i] > T.Zero ? outputGradient[i] : slopes[slope] * outputGradient[i];
            slopeGradient[slope] += input[i] > T.Zero ? T.Zero : input[i] * outputGradient[i];
        }
    }
}
