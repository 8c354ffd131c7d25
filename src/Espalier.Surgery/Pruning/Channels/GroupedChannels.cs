namespace Espalier.Surgery;

/// <summary>How a convolution with groups shrinks. (Depthwise ones have one channel in each group and always lose whole groups.)</summary>
public enum GroupedChannels
{
    /// <summary>Whole groups where there are at least as many of them as channels in one, otherwise equally many channels of each.</summary>
    Automatic,

    /// <summary>Whole groups: fewer groups, as wide as before.</summary>
    WholeGroups,

    /// <summary>Equally many channels of each group: as many groups, narrower. The channels at one place in every group go together.</summary>
    EvenlyPerGroup,
}
