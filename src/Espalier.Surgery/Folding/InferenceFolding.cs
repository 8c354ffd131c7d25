using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Everything that makes a network for training one for inference: dropout goes, linear parts become single layers, stochastic depth its expectation.</summary>
/// <remarks>The one implementation of it: the inference plan, <c>espalier fold</c> and <c>espalier summary --folded</c> all call it.</remarks>
public static class InferenceFolding
{
    /// <summary>Folds a model and tells all about it.</summary>
    public static FoldingReport Fold(Model model, LinearFoldingOptions options = default)
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
