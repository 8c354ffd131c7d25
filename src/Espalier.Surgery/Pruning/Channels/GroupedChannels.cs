namespace Espalier.Surgery;

/// <summary>How channels are removed from grouped convolutions. A depthwise convolution has one channel per group and always loses whole groups.</summary>
public enum GroupedChannels
{
    /// <summary>Whole groups if there are at least as many groups as channels per group, otherwise the same number of channels of each group.</summary>
    Automatic,

    /// <summary>Whole groups are removed; the remaining groups keep their width.</summary>
    WholeGroups,

    /// <summary>The same number of channels is removed from each group; the number of groups does not change. The channels at the same position in all groups are removed together.</summary>
    EvenlyPerGroup,
}
