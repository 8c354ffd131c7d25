namespace Espalier.Surgery;

/// <summary>How the scores of a unit in several layers are combined.</summary>
public enum ChannelAggregate
{
    /// <summary>The mean of the scores.</summary>
    Mean,

    /// <summary>The greatest score: a unit is as important as in the layer where it is most important.</summary>
    Max,

    /// <summary>The sum of the scores.</summary>
    Sum,
}
