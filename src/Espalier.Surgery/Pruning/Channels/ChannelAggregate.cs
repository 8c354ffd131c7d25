namespace Espalier.Surgery;

/// <summary>How the scores of a unit in several layers become one.</summary>
public enum ChannelAggregate
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The greatest: a channel is as important as anywhere.</summary>
    Max,

    /// <summary>Their sum.</summary>
    Sum,
}
