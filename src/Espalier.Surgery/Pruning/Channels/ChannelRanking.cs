namespace Espalier.Surgery;

/// <summary>Which units are compared with each other.</summary>
public enum ChannelRanking
{
    /// <summary>Those of a group: every group loses the same share.</summary>
    Local,

    /// <summary>All: groups with small scores lose more.</summary>
    Global,

    /// <summary>All, after division by the mean of their group: scales of layers do not count, shapes of distributions do.</summary>
    Normalized,
}
