using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

// Gradients are added to their targets, because a value with several readers gets the sum of their gradients.
internal static partial class Reference
{
    /// <summary>Updates running statistics by PyTorch's rule: running = (1 − momentum)·running + momentum·new, with the unbiased variance.</summary>
    /// <param name="mean">The batch's mean of each channel.</param>
    /// <param name="variance">The batch's biased variance.</param>
    /// <param name="count">Pixels per channel in the batch. For one pixel, which has no unbiased variance, the biased one, zero, is used.</param>
    /// <param name="momentum">The weight of the new statistics.</param>
    /// <param name="runningMean">The running mean, updated.</param>
    /// <param name="runningVariance">The running variance, updated.</param>
    public static void UpdateRunningStatistics<T>(ReadOnlySpan<T> mean, ReadOnlySpan<T> variance, long count, T momentum, Span<T> runningMean, Span<T> runningVariance)
        where T : IFloatingPointIeee754<T>
    {
        T unbiased = T.CreateChecked(count) / T.CreateChecked(Math.Max(1, count - 1));
        for (int c = 0; c < mean.Length; c++)
        {
            runningMean[c] = ((T.One - momentum) * runningMean[c]) + (momentum * mean[c]);
            runningVariance[c] = ((T.One - momentum) * runningVariance[c]) + (momentum * variance[c] * unbiased);
        }
    }

    /// <summary>The gradient of <see cref="BatchNorm"/>, whose statistics are constants; added to the target.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="mean">The running mean of each channel.</param>
    /// <param name="variance">The running variance of each channel.</param>
    /// <param name="weight">γ of each channel, or empty for 1.</param>
    /// <param name="eps">The epsilon added to the variance.</param>
    /// <param name="outputGradient">As <paramref name="input"/>.</param>
    /// <param name="inputGradient">As <paramref name="input"/>, or empty.</param>
    /// <param name="weightGradient">One value for each channel, or empty.</param>
    /// <param name="biasGradient">One value for each channel, or empty.</param>
    public static void BatchNormGradient<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, ReadOnlySpan<T> mean, ReadOnlySpan<T> variance, ReadOnlySpan<T> weight, T eps,
        ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> weightGradient, Span<T> biasGradient)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        for (int i = 0; i < input.Length; i++)
        {
            int c = i / shape.Pixels % shape.Channels;
            T deviation = T.Sqrt(variance[c] + eps);
            AddAt(inputGradient, i, outputGradient[i] * (weight.IsEmpty ? T.One : weight[c]) / deviation);
            AddAt(weightGradient, c, outputGradient[i] * (input[i] - mean[c]) / deviation);
            AddAt(biasGradient, c, outputGradient[i]);
        }
    }

    /// <summary>The gradient of <see cref="GroupNorm"/>, including that through its statistics; added to the target.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="groups">Number of groups; divides the channels.</param>
    /// <param name="weight">γ of each channel.</param>
    /// <param name="eps">The epsilon added to the variance.</param>
    /// <param name="outputGradient">As <paramref name="input"/>.</param>
    /// <param name="inputGradient">As <paramref name="input"/>, or empty.</param>
    /// <param name="weightGradient">One value for each channel, or empty.</param>
    /// <param name="biasGradient">One value for each channel, or empty.</param>
    public static void GroupNormGradient<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, int groups, ReadOnlySpan<T> weight, T eps, ReadOnlySpan<T> outputGradient,
        Span<T> inputGradient, Span<T> weightGradient, Span<T> biasGradient)
        where T : IFloatingPointIeee754<T>
    {
        int length = shape.Length / groups;
        for (int first = 0; first < batch * shape.Length; first += length)
        {
            int[] at = [.. Enumerable.Range(first, length)];
            NormGradient(input, at, shape, weight, eps, outputGradient, inputGradient, weightGradient, biasGradient);
        }
    }

    // For elements normalized together, x̂ = (x − μ)/σ and y = γx̂ + β: with g = γ·dy, dx = (g − mean(g) − x̂·mean(g·x̂))/σ (Ioffe and Szegedy 2015, §3).
    private static void NormGradient<T>(
        ReadOnlySpan<T> input, int[] at, FeatureMap shape, ReadOnlySpan<T> weight, T eps, ReadOnlySpan<T> outputGradient,
        Span<T> inputGradient, Span<T> weightGradient, Span<T> biasGradient)
        where T : IFloatingPointIeee754<T>
    {
        T[] values = new T[at.Length];
        for (int i = 0; i < at.Length; i++)
        {
            values[i] = input[at[i]];
        }

        (T mean, T variance) = Moments<T>(values);
        T deviation = T.Sqrt(variance + eps);
        T count = T.CreateChecked(at.Length);
        (T sum, T product) = (T.Zero, T.Zero);
        for (int i = 0; i < at.Length; i++)
        {
            int c = at[i] / shape.Pixels % shape.Channels;
            T normalized = (values[i] - mean) / deviation;
            T gradient = outputGradient[at[i]];
            AddAt(weightGradient, c, gradient * normalized);
            AddAt(biasGradient, c, gradient);
            sum += gradient * weight[c];
            product += gradient * weight[c] * normalized;
        }

        for (int i = 0; i < at.Length && !inputGradient.IsEmpty; i++)
        {
            int c = at[i] / shape.Pixels % shape.Channels;
            T normalized = (values[i] - mean) / deviation;
            inputGradient[at[i]] += ((outputGradient[at[i]] * weight[c]) - (sum / count) - (normalized * product / count)) / deviation;
        }
    }

    private static void AddAt<T>(Span<T> values, int index, T value) where T : IFloatingPointIeee754<T>
    {
        if (!values.IsEmpty)
        {
            values[index] += value;
        }
    }
}
