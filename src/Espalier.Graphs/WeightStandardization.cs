namespace Espalier.Graphs;

/// <summary>The weights that a convolution with <see cref="Conv2d.StandardizationEpsilon"/> uses: (w − mean) / √(variance + ε) of each output channel, in double.</summary>
internal static class WeightStandardization
{
    /// <summary>Mean, and 1 / √(biased variance + ε), of one output channel's weights.</summary>
    public static (double Mean, double InverseDeviation) Moments(ReadOnlySpan<float> filter, double epsilon)
    {
        (double sum, double squares) = (0, 0);
        foreach (float weight in filter)
        {
            sum += weight;
        }

        double mean = sum / filter.Length;
        foreach (float weight in filter)
        {
            squares += (weight - mean) * (weight - mean);
        }

        return (mean, 1 / Math.Sqrt((squares / filter.Length) + epsilon));
    }

    /// <summary>The standardized weights in double.</summary>
    /// <param name="weight">All weights, output channel by output channel.</param>
    /// <param name="filters">Number of output channels.</param>
    /// <param name="epsilon">ε.</param>
    public static double[] Of(ReadOnlySpan<float> weight, int filters, double epsilon)
    {
        double[] standardized = new double[weight.Length];
        int length = weight.Length / filters;
        for (int first = 0; first < weight.Length; first += length)
        {
            (double mean, double inverse) = Moments(weight.Slice(first, length), epsilon);
            for (int i = first; i < first + length; i++)
            {
                standardized[i] = (weight[i] - mean) * inverse;
            }
        }

        return standardized;
    }

    /// <summary>Standardizes weights in place: multiplies those of each output channel by its factor as well, and rounds once.</summary>
    /// <param name="weight">All weights, output channel by output channel.</param>
    /// <param name="filters">Number of output channels.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="factors">A factor for each output channel; empty for 1.</param>
    /// <param name="inverseDeviations">Receives 1 / √(variance + ε) of each output channel; empty if they are not needed.</param>
    public static void Apply(Span<float> weight, int filters, double epsilon, ReadOnlySpan<double> factors = default, Span<double> inverseDeviations = default)
    {
        int length = weight.Length / filters;
        for (int filter = 0; filter < filters; filter++)
        {
            Span<float> own = weight.Slice(filter * length, length);
            (double mean, double inverse) = Moments(own, epsilon);
            double factor = factors.IsEmpty ? 1 : factors[filter];
            if (!inverseDeviations.IsEmpty)
            {
                inverseDeviations[filter] = inverse;
            }

            for (int i = 0; i < own.Length; i++)
            {
                own[i] = (float)((own[i] - mean) * inverse * factor);
            }
        }
    }
}
