using Espalier.Surgery;

namespace OwnCriterion;

/// <summary>Ranks channels by the standard deviation of their filters, and weights by how far they are from their layer's mean: what is like everything around it can go.</summary>
public sealed class FilterDeviation : IChannelCriterion, IWeightCriterion
{
    /// <inheritdoc/>
    public string Name => "spread";

    /// <inheritdoc/>
    public double[] Score(ChannelWeights layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return layer.PerChannel((filter, _) =>
        {
            (double sum, double squares) = (0, 0);
            foreach (double weight in filter)
            {
                (sum, squares) = (sum + weight, squares + (weight * weight));
            }

            double mean = sum / filter.Length;
            return Math.Sqrt(Math.Max(0, (squares / filter.Length) - (mean * mean)));
        });
    }

    /// <inheritdoc/>
    public void Score(WeightUnits units, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(units);
        ReadOnlySpan<float> weights = units.Weights;
        double sum = 0;
        foreach (float weight in weights)
        {
            sum += weight;
        }

        float[] distances = new float[weights.Length];
        for (int i = 0; i < distances.Length; i++)
        {
            distances[i] = (float)(weights[i] - (sum / weights.Length));
        }

        units.Norms(distances, scores); // of a unit of several weights the norm of their distances
    }
}
