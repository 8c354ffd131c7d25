using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>What pruning channels did.</summary>
/// <param name="Model">The narrower model, with a line of lineage.</param>
/// <param name="Amount">The share of the channels that was asked for, or that a target needed; where each group had its own, the share of all channels that went.</param>
/// <param name="Removed">The units that went.</param>
/// <param name="Widths">Every group's width before and after.</param>
public sealed record ChannelPruning(Model Model, double Amount, ImmutableArray<ChannelUnit> Removed, ImmutableArray<ChannelWidth> Widths)
{
    /// <summary>How many of the removed units had filters of zeros only, and gave the layers behind them what they still computed.</summary>
    public int Carried { get; init; }

    /// <summary>Removed units of zero filters whose constant could not be carried, by the layer that reads them: there the function changes.</summary>
    public ImmutableArray<Refusal> Refusals { get; init; } = [];
}
