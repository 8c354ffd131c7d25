using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>Batch norm in training mode: (x − mean) / √(variance + eps) · weight + bias, with the mean and the biased variance of the batch.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="weight">γ of each channel, or empty for 1.</param>
    /// <param name="bias">β of each channel, or empty for 0.</param>
    /// <param name="eps">The epsilon added to the variance.</param>
    /// <param name="mean">Becomes the batch's mean of each channel.</param>
    /// <param name="variance">Becomes the batch's biased variance of each channel.</param>
    /// <param name="output">As <paramref name="input"/>; may be the same memory.</param>
    public static void BatchNormTraining<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, ReadOnlySpan<T> weight, ReadOnlySpan<T> bias, T eps,
        Span<T> mean, Span<T> variance, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        var values = new T[batch * shape.Pixels];
        for (int c = 0; c < shape.Channels; c++)
        {
            for (int n = 0; n < batch; n++)
            {
                input.Slice((n * shape.Length) + (c * shape.Pixels), shape.Pixels).CopyTo(values.AsSpan(n * shape.Pixels));
            }

            (mean[c], variance[c]) = Moments<T>(values);
        }

        BatchNorm(input, batch, shape, mean, variance, weight, bias, eps, output);
    }

    /// <summary>The gradients of <see cref="BatchNormTraining"/>: all three are overwritten.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="mean">The batch's mean of each channel.</param>
    /// <param name="variance">The batch's biased variance of each channel.</param>
    /// <param name="weight">γ of each channel, or empty for 1.</param>
    /// <param name="eps">The epsilon added to the variance.</param>
    /// <param name="outputGradient">As <paramref name="input"/>.</param>
    /// <param name="inputGradient">As <paramref name="input"/>, or empty to skip it.</param>
    /// <param name="weightGradient">One value for each channel, or empty to skip it.</param>
    /// <param name="biasGradient">One value for each channel, or empty to skip it.</param>
    public static void BatchNormTrainingGradient<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, ReadOnlySpan<T> mean, ReadOnlySpan<T> variance, ReadOnlySpan<T> weight, T eps,
        ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> weightGradient, Span<T> biasGradient)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(outputGradient.Length, input.Length, nameof(outputGradient));
        Expect.LengthOrEmpty(inputGradient.Length, input.Length, nameof(inputGradient));
        Expect.LengthOrEmpty(weightGradient.Length, shape.Channels, nameof(weightGradient));
        Expect.LengthOrEmpty(biasGradient.Length, shape.Channels, nameof(biasGradient));
        T count = T.CreateChecked(Math.Max(1, batch * shape.Pixels));
        for (int c = 0; c < shape.Channels; c++)
        {
            T inverse = T.One / T.Sqrt(variance[c] + eps);
            (T sum, T product) = (T.Zero, T.Zero);
            for (int i = 0; i < batch * shape.Pixels; i++)
            {
                int place = ((i / shape.Pixels * shape.Channels) + c) * shape.Pixels + (i % shape.Pixels);
                sum += outputGradient[place];
                product += outputGradient[place] * (input[place] - mean[c]) * inverse;
            }

            for (int i = 0; i < batch * shape.Pixels && !inputGradient.IsEmpty; i++)
            {
                int place = ((i / shape.Pixels * shape.Channels) + c) * shape.Pixels + (i % shape.Pixels);
                T normalized = (input[place] - mean[c]) * inverse;
                T scale = inverse * (weight.IsEmpty ? T.One : weight[c]);
                inputGradient[place] = scale * (outputGradient[place] - (sum / count) - (normalized * product / count));
            }

            if (!weightGradient.IsEmpty)
            {
                weightGradient[c] = product;
            }

            if (!biasGradient.IsEmpty)
            {
                biasGradient[c] = sum;
            }
        }
    }
}
