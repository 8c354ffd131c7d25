using System.Collections.Immutable;
using System.Globalization;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>What <see cref="LinearFolding"/> did to a model, and what it left alone and why.</summary>
/// <param name="Before">The model before.</param>
/// <param name="After">The model after.</param>
/// <param name="Merges">Every merge, in the order in which they were made. A later one may take in what an earlier one made.</param>
/// <param name="Refusals">What was not merged, in the model after.</param>
public sealed record FoldingReport(Model Before, Model After, ImmutableArray<FoldedRegion> Merges, ImmutableArray<FoldingRefusal> Refusals)
{
    /// <summary>The patches of each stage: those of one are found against the model that the earlier ones make.</summary>
    internal ImmutableArray<ImmutableArray<Patch>> Stages { get; init; } = [];

    /// <summary>What the model before costs.</summary>
    public MergeCost CostBefore => MergeCost.Of(Before.Graph, Before.Graph.Nodes);

    /// <summary>What the model after costs.</summary>
    public MergeCost CostAfter => MergeCost.Of(After.Graph, After.Graph.Nodes);

    /// <summary>The norms of the model before whose variance is near zero.</summary>
    public ImmutableArray<IllConditionedNorm> IllConditioned => IllConditionedNorm.Of(Before);

    /// <summary>The line that the fold adds to the model's lineage: its settings, its effect and, where it was measured, how far the outputs moved.</summary>
    /// <param name="options">The fold's settings.</param>
    /// <param name="measured">The outputs after beside those before, or <see langword="null"/> where nothing was run.</param>
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
