namespace Espalier.Surgery;

/// <summary>Whether units are compared within their group or across groups.</summary>
public enum ChannelRanking
{
    /// <summary>Within each group: every group loses the same fraction.</summary>
    Local,

    /// <summary>Across all groups: groups with low scores lose more.</summary>
    Global,

    /// <summary>Across all groups, after dividing the scores by the mean of their group, so that the scale of a layer has no influence.</summary>
    Normalized,
}
