namespace Espalier.Surgery;

/// <summary>Scores weights or channels by the first-order change of the loss; see <see cref="PruningCriteria.Taylor"/>.</summary>
public sealed class Taylor : IWeightCriterion, IChannelCriterion
{
    internal Taylor()
    {
    }

    /// <inheritdoc/>
    public string Name => "taylor";

    /// <inheritdoc/>
    public PruningNeeds Needs => PruningNeeds.Gradients;

    /// <inheritdoc/>
    public void Score(WeightUnits units, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(units);
        float[] products = units.Gradients();
        ReadOnlySpan<float> weights = units.Weights;
        for (int i = 0; i < products.Length; i++)
        {
            products[i] *= weights[i];
        }

        units.Norms(products, scores);
    }

    /// <inheritdoc/>
    public double[] Score(ChannelWeights layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        double[] gradients = layer.Gradients();
        return layer.PerChannel((weights, start) =>
        {
            double sum = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                sum += weights[i] * gradients[start + i];
            }

            return sum * sum;
        });
    }
}
