namespace Espalier.Kernels;

/// <summary>The gradient of weight standardization (Qiao 2019). With ŵ the standardized weights of a filter and g their gradient: dw = (g − mean(g) − ŵ·mean(g·ŵ)) / σ.</summary>
internal static class FilterStandardizationGradient
{
    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/> (filters), in double, bit-identical for any number of parts.</summary>
    /// <param name="standardized">ŵ, filter by filter.</param>
    /// <param name="inverseDeviations">1/σ of each filter.</param>
    /// <param name="gradient">The gradient of the standardized weights.</param>
    /// <param name="target">The gradient of the weights.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Run(
        ReadOnlySpan<float> standardized, ReadOnlySpan<double> inverseDeviations, ReadOnlySpan<float> gradient, Span<float> target, bool accumulate, int part, int parts)
    {
        Expect.Length(gradient.Length, standardized.Length, nameof(gradient));
        Expect.Length(target.Length, standardized.Length, nameof(target));
        int length = standardized.Length / inverseDeviations.Length;
        (int begin, int end) = WorkSplit.Range(inverseDeviations.Length, part, parts);
        for (int filter = begin; filter < end; filter++)
        {
            ReadOnlySpan<float> weight = standardized.Slice(filter * length, length), from = gradient.Slice(filter * length, length);
            Span<float> to = target.Slice(filter * length, length);
            (double sum, double product) = (0, 0);
            for (int i = 0; i < length; i++)
            {
                sum += from[i];
                product += (double)from[i] * weight[i];
            }

            for (int i = 0; i < length; i++)
            {
                double added = (from[i] - (sum / length) - (weight[i] * product / length)) * inverseDeviations[filter];
                to[i] = (float)(accumulate ? to[i] + added : added);
            }
        }
    }
}
