using System.Collections.Immutable;

namespace Espalier.Surgery;

/// <summary>Channels of several layers that can only be removed together; the smallest part that channel pruning removes.</summary>
/// <param name="Index">The index among all units of the graph.</param>
/// <param name="Channels">The global indices of the channels, counted over all spaces of the graph, ascending.</param>
public sealed record ChannelUnit(int Index, ImmutableArray<int> Channels);
