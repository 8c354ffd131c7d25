using System.Collections.Immutable;

namespace Espalier.Surgery;

/// <summary>Channels that stay or go together, wherever they occur: the smallest thing that can be removed.</summary>
/// <param name="Index">Its place among all units of the graph.</param>
/// <param name="Channels">The numbers of its channels, over all spaces of the graph, ascending.</param>
public sealed record ChannelUnit(int Index, ImmutableArray<int> Channels);
