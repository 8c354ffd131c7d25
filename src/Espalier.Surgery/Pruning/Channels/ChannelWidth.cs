namespace Espalier.Surgery;

/// <summary>The width of a channel group before and after pruning.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Before">The number of units before pruning.</param>
/// <param name="After">The number of units after pruning.</param>
public readonly record struct ChannelWidth(string Group, int Before, int After)
{
    /// <summary>The number of channels that the narrowest layer of the group loses with one unit.</summary>
    public int ChannelsPerUnit { get; init; } = 1;
}
