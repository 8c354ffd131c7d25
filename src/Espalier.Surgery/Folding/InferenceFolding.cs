using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Converts a network for training to one for inference: removes dropout, folds linear parts into single layers, and replaces stochastic depth by its expected value.</summary>
/// <remarks>The inference plan, <c>espalier fold</c> and <c>espalier summary --folded</c> use it.</remarks>
public static class InferenceFolding
{
    /// <summary>Folds a model and reports all merges and refusals. The lineage of the folded model records the fold.</summary>
    public static FoldingReport Fold(Model model, LinearFoldingOptions options = default)
    {
        FoldingReport report = FoldUnrecorded(model, options);
        return report with { After = report.After.Record(report.ToLineage(options, null)) };
    }

    /// <summary>Folds a model without an entry in its lineage, for a plan or for callers that record what they measured as well.</summary>
    internal static FoldingReport FoldUnrecorded(Model model, LinearFoldingOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var folding = new LinearFolding(options);
        FoldingReport first = folding.Fold(model.Apply(new DropoutRemoval()));
        PassPlan depth = new StochasticDepthFolding().Plan(first.After);
        FoldingReport last = depth.Patches.IsEmpty ? first with { Merges = [] } : folding.Fold(first.After.Apply(depth.Patches));
        IEnumerable<FoldingRefusal> factors = depth.Refusals.Select(refusal => new FoldingRefusal(refusal.Node, MergeRule.StochasticDepth, refusal.Reason));
        return new FoldingReport(model, last.After, [.. first.Merges, .. last.Merges], [.. last.Refusals, .. factors]);
    }
}
