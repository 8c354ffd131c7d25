namespace Espalier.Surgery;

/// <summary>Scores weights or channels at random; see <see cref="PruningCriteria.Random"/>.</summary>
public sealed class RandomCriterion : IWeightCriterion, IChannelCriterion
{
    internal RandomCriterion()
    {
    }

    /// <inheritdoc/>
    public string Name => "random";

    /// <inheritdoc/>
    public PruningNeeds Needs => PruningNeeds.RandomNumbers;

    /// <inheritdoc/>
    public void Score(WeightUnits units, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(units);
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = (float)units.Random.Uniform((ulong)i);
        }
    }

    /// <inheritdoc/>
    public double[] Score(ChannelWeights layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return [.. Enumerable.Range(0, layer.Channels).Select(i => layer.Random.Uniform((ulong)i))];
    }
}
