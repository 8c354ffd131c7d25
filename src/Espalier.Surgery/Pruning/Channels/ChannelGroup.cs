using System.Collections.Immutable;
using System.Globalization;

namespace Espalier.Surgery;

/// <summary>Units that occur in the same layers and therefore can be compared with each other: the channels of one layer, or of a whole stage that is joined by shortcuts.</summary>
/// <param name="Name">The name of the first layer that computes these channels, with the suffix <c>#2</c>, <c>#3</c> … if it computes the channels of several groups.</param>
/// <param name="Units">The units that can be removed, in channel order.</param>
/// <param name="Spaces">The node outputs and parameter axes in which the units occur, in graph order.</param>
/// <param name="Producers">The convolutions and linear layers that compute these channels.</param>
/// <param name="Consumers">The convolutions and linear layers that read these channels.</param>
public sealed record ChannelGroup(
    string Name,
    ImmutableArray<ChannelUnit> Units,
    ImmutableArray<ChannelSpace> Spaces,
    ImmutableArray<string> Producers,
    ImmutableArray<string> Consumers)
{
    /// <summary>The number of units.</summary>
    public int Width => Units.Length;

    /// <summary>The number of channels that each layer of <see cref="Producers"/> loses with one unit, in their order: more than 1 where a grouped convolution loses whole groups, or one channel of every group.</summary>
    internal ImmutableArray<int> ChannelsPerUnit { get; init; } = [];

    /// <summary>The number of channels that one unit has in the narrowest layer that computes the group.</summary>
    internal int LeastChannelsPerUnit => ChannelsPerUnit.IsEmpty ? 1 : ChannelsPerUnit.Min();

    /// <summary>The group as text, as <c>--show-groups</c> prints it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: {Width} wide; made by {List(Producers)}; read by {List(Consumers)}");

    private static string List(ImmutableArray<string> names) => names.IsEmpty ? "no layer with weights" : string.Join(", ", names);
}
