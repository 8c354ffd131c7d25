namespace Espalier.Surgery;

/// <summary>Ranks channels by the parameters of the layers that compute them. The scores of a unit in several layers are combined by <see cref="ChannelPruning.Aggregate"/>.</summary>
public interface IChannelCriterion : IPruningCriterion
{
    /// <summary>The kind of layers whose weights are scored.</summary>
    ChannelScoreSource Evidence => ChannelScoreSource.Filters;

    /// <summary>Scores the output channels of one layer.</summary>
    /// <param name="layer">The weight of the layer.</param>
    /// <returns>One score per channel; the channels with the lowest scores are removed first. A channel with a score of NaN is kept.</returns>
    double[] Score(ChannelWeights layer);
}

/// <summary>The kind of layers whose weights an <see cref="IChannelCriterion"/> scores.</summary>
public enum ChannelScoreSource
{
    /// <summary>Convolutions and linear layers, with a filter per channel.</summary>
    Filters,

    /// <summary>Batch norms and group norms, with a scale per channel.</summary>
    Norms,
}
