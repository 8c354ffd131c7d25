namespace Espalier.Surgery;

/// <summary>A group's width before and after.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Before">Units before.</param>
/// <param name="After">Units after.</param>
public readonly record struct ChannelWidth(string Group, int Before, int After);
