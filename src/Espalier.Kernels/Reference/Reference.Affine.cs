using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>w·x + b with a factor and a shift for each channel.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="weight">The factor of each channel.</param>
    /// <param name="bias">The shift of each channel, or empty for 0.</param>
    /// <param name="output">As <paramref name="input"/>; may be the same memory.</param>
    public static void ScaleAndShift<T>(ReadOnlySpan<T> input, FeatureMap shape, ReadOnlySpan<T> weight, ReadOnlySpan<T> bias, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(weight.Length, shape.Channels, nameof(weight));
        Expect.LengthOrEmpty(bias.Length, shape.Channels, nameof(bias));
        Expect.Length(output.Length, input.Length, nameof(output));
        for (int i = 0; i < input.Length; i++)
        {
            output[i] = Affine(input[i], weight, bias, i / shape.Pixels % shape.Channels);
        }
    }

    /// <summary>The gradient of <see cref="ScaleAndShift"/>, added to the target.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="weight">The factor of each channel.</param>
    /// <param name="outputGradient">As <paramref name="input"/>.</param>
    /// <param name="inputGradient">As <paramref name="input"/>, or empty.</param>
    /// <param name="weightGradient">One value for each channel, or empty.</param>
    /// <param name="biasGradient">One value for each channel, or empty.</param>
    public static void ScaleAndShiftGradient<T>(
        ReadOnlySpan<T> input, FeatureMap shape, ReadOnlySpan<T> weight, ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> weightGradient, Span<T> biasGradient)
        where T : IFloatingPointIeee754<T>
    {
        for (int i = 0; i < input.Length; i++)
        {
            int c = i / shape.Pixels % shape.Channels;
            AddAt(inputGradient, i, outputGradient[i] * weight[c]);
            AddAt(weightGradient, c, outputGradient[i] * input[i]);
            AddAt(biasGradient, c, outputGradient[i]);
        }
    }
}
