namespace Espalier.Surgery;

/// <summary>Something that has channels: a node's result, or an axis of a parameter.</summary>
/// <param name="Name">The node, or the parameter's full name.</param>
/// <param name="Axis">The parameter's axis; −1 for a node's result.</param>
/// <param name="First">The number of its first channel, counted over all spaces of the graph.</param>
/// <param name="Count">Channels.</param>
public sealed record ChannelSpace(string Name, int Axis, int First, int Count)
{
    /// <summary>Whether it is an axis of a parameter.</summary>
    public bool IsParameter => Axis >= 0;

    /// <inheritdoc/>
    public override string ToString() => IsParameter ? $"{Name}[axis {Axis}]" : Name;
}
