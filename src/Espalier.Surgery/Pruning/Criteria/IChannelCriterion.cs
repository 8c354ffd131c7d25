namespace Espalier.Surgery;

/// <summary>Ranks channels by the parameters of the layers that make them. What a channel gets in several layers becomes one score by <see cref="ChannelPruning.Aggregate"/>.</summary>
public interface IChannelCriterion : IPruningCriterion
{
    /// <summary>Which layers' weights it looks at.</summary>
    ChannelScoreSource Evidence => ChannelScoreSource.Filters;

    /// <summary>Scores the channels that one layer makes.</summary>
    /// <param name="layer">The layer's weight.</param>
    /// <returns>One for each channel; the less, the sooner it goes. A channel whose score is not a number stays.</returns>
    double[] Score(ChannelWeights layer);
}

/// <summary>Whose weights an <see cref="IChannelCriterion"/> looks at.</summary>
public enum ChannelScoreSource
{
    /// <summary>Those of convolutions and linear layers: a filter for each channel.</summary>
    Filters,

    /// <summary>Those of batch and group norms: a factor for each channel.</summary>
    Norms,
}
