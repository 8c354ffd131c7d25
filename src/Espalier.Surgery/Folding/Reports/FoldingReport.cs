using System.Collections.Immutable;
using System.Globalization;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The merges that <see cref="LinearFolding"/> made in a model, and those that it did not make, with the reasons.</summary>
/// <param name="Before">The model before folding.</param>
/// <param name="After">The model after folding.</param>
/// <param name="Merges">All merges, in the order in which they were made. A later one may include the result of an earlier one.</param>
/// <param name="Refusals">The merges that were not made, in the resulting model.</param>
public sealed record FoldingReport(Model Before, Model After, ImmutableArray<FoldedRegion> Merges, ImmutableArray<FoldingRefusal> Refusals)
{
    /// <summary>The patches in groups. The patches of a group apply to the model that the earlier groups produce.</summary>
    internal ImmutableArray<ImmutableArray<Patch>> Stages { get; init; } = [];

    /// <summary>The cost of the model before folding.</summary>
    public MergeCost CostBefore => MergeCost.Of(Before.Graph, Before.Graph.Nodes);

    /// <summary>The cost of the model after folding.</summary>
    public MergeCost CostAfter => MergeCost.Of(After.Graph, After.Graph.Nodes);

    /// <summary>The norms of the model before folding that have a variance below their ε.</summary>
    public ImmutableArray<IllConditionedNorm> IllConditioned => IllConditionedNorm.Of(Before);

    /// <summary>The lineage entry of the fold: its settings, its effect and, if measured, the difference of the outputs.</summary>
    /// <param name="options">The fold's settings.</param>
    /// <param name="measured">The difference of the outputs, or <see langword="null"/> if it was not measured.</param>
    public LineageEntry ToLineage(LinearFoldingOptions options, OutputDifference? measured)
    {
        var before = new NetworkSummary(Before.Graph);
        var after = new NetworkSummary(After.Graph);
        var entry = new LineageEntry(
            "fold",
            [
                new("always", options.Always ? "true" : "false"), new("merges", Merges.Length.ToString(CultureInfo.InvariantCulture)),
                new("refusals", Refusals.Length.ToString(CultureInfo.InvariantCulture)), new("merged", string.Join("; ", Merges.Select(merge => $"{merge.Nodes} into {merge.Into}"))),
            ],
            [
                new("nodes_before", Before.Graph.Nodes.Length), new("nodes", After.Graph.Nodes.Length),
                new("parameters_before", before.Parameters), new("parameters", after.Parameters),
                new("macs_before", before.MultiplyAccumulates), new("macs", after.MultiplyAccumulates),
            ]);
        return measured is not OutputDifference difference ? entry : entry with
        {
            Results = entry.Results.Add(new("maximum_difference", difference.Maximum)).Add(new("relative_difference", difference.Relative)),
        };
    }
}
