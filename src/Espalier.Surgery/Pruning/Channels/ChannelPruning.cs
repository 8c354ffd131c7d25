using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>What pruning channels did.</summary>
/// <param name="Model">The narrower model, with a line of lineage.</param>
/// <param name="Amount">The share of the channels that was asked for, or that a target needed.</param>
/// <param name="Removed">The units that went.</param>
/// <param name="Widths">Every group's width before and after.</param>
public sealed record ChannelPruning(Model Model, double Amount, ImmutableArray<ChannelUnit> Removed, ImmutableArray<ChannelWidth> Widths);
