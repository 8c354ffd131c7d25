namespace Espalier.Surgery;

/// <summary>A set of numbered channels: the output of a node, or an axis of a parameter.</summary>
/// <param name="Name">The name of the node or parameter.</param>
/// <param name="Axis">The axis of the parameter; −1 for a node output.</param>
/// <param name="First">The global index of the first channel, counted over all spaces of the graph.</param>
/// <param name="Count">The number of channels.</param>
public sealed record ChannelSpace(string Name, int Axis, int First, int Count)
{
    /// <summary>Whether this is an axis of a parameter.</summary>
    public bool IsParameter => Axis >= 0;

    /// <inheritdoc/>
    public override string ToString() => IsParameter ? $"{Name}[axis {Axis}]" : Name;
}
