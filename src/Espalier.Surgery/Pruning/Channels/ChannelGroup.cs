using System.Collections.Immutable;
using System.Globalization;

namespace Espalier.Surgery;

/// <summary>Units that occur in the same places, and so can be compared with each other: the width of a layer, or of a whole stage joined by shortcuts.</summary>
/// <param name="Name">The first layer that makes these channels; <c>#2</c> and so on where it makes those of several groups.</param>
/// <param name="Units">What can be removed, in the order of the channels.</param>
/// <param name="Spaces">Where the units occur: results of nodes and axes of parameters, in the order of the graph.</param>
/// <param name="Producers">The nodes whose own weights make these channels.</param>
/// <param name="Consumers">The nodes whose weights read them.</param>
public sealed record ChannelGroup(
    string Name,
    ImmutableArray<ChannelUnit> Units,
    ImmutableArray<ChannelSpace> Spaces,
    ImmutableArray<string> Producers,
    ImmutableArray<string> Consumers)
{
    /// <summary>How many units there are.</summary>
    public int Width => Units.Length;

    /// <summary>The line that <c>--show-groups</c> prints.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: {Width} wide; made by {List(Producers)}; read by {List(Consumers)}");

    private static string List(ImmutableArray<string> names) => names.IsEmpty ? "nothing with weights" : string.Join(", ", names);
}
