using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Prunes the weights of networks whose blocks train as branches, so that the zeros are still there once the blocks are folded.</summary>
/// <remarks>
/// Branches that are pruned each for itself fill in: a weight of the folded layer is zero only where no branch has one. So weights are ranked by
/// the folded layer, and what goes is masked in every branch that has a weight there. A branch of several layers (DBB's 1x1–kxk and 1x1–average) has no weights whose
/// zeros would be the folded layer's; it becomes one convolution first, which computes the same and trains on beside the others.
/// The input as a branch (RepVGG, MobileOne) cannot be masked, so weights where it stands stay.
/// </remarks>
internal static class BranchPruning
{
    /// <summary>Makes one convolution, which computes the same, of every branch of several layers, as pruning with <see cref="WeightPruning.Branches"/> does first: what is to be pruned several times while it trains has to begin with it.</summary>
    /// <param name="model">The model.</param>
    /// <returns>The same model where there is no such branch.</returns>
    public static Model MergeBranchChains(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return BranchedConvolution.MergeChains(model);
    }

    /// <summary>Prunes as <see cref="WeightPruner.Mask"/> does, with the parameters of the folded network. Networks without branches are pruned as there.</summary>
    internal static PruningResult Prune(Model model, WeightPruning request, PruningContext context)
    {
        Model parallel = model.MergeBranchChains();
        BranchedConvolution[] blocks = [.. BranchedConvolution.FindAll(parallel)];
        PruningResult folded = WeightPruner.Mask(parallel.Apply([.. blocks.Select(block => block.Folding)]), request, context);
        Dictionary<string, BranchedConvolution> byWeight = blocks.ToDictionary(block => block.WeightName);
        var masked = new List<KeyValuePair<string, Parameter>>();
        var rows = new List<PrunedParameter>();
        foreach (PrunedParameter row in folded.Parameters)
        {
            Parameter pruned = folded.Model.Parameters[row.Name];
            if (byWeight.TryGetValue(row.Name, out BranchedConvolution? block))
            {
                masked.AddRange(block.Mask(parallel, pruned.Mask!, out long zeros));
                rows.Add(row with { Removed = zeros });
            }
            else
            {
                masked.Add(new(row.Name, pruned));
                rows.Add(row);
            }
        }

        Model after = parallel.With(parallel.Parameters.With(masked));
        long removed = rows.Sum(row => row.Removed);
        LineageEntry step = folded.Model.Metadata.Lineage[^1];
        LineageEntry together = step with { Settings = blocks.Length == 0 ? step.Settings : [.. step.Settings, new("branches", "together")], Results = [new("pruned_weights", removed)] };
        return new PruningResult(model, after.Record(together)) { Parameters = [.. rows] };
    }
}
