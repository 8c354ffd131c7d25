using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Prunes the weights of networks whose blocks consist of several branches during training, so that the zeros remain when the blocks are folded.</summary>
/// <remarks>
/// If branches are pruned separately, most zeros disappear: a weight of the folded layer is zero only if it is zero in all branches. Therefore weights are ranked by
/// the folded layer, and a pruned weight is masked in every branch that has a weight at its position. A branch of several layers (the 1x1–kxk and 1x1–average branches of DBB) has no weights whose
/// zeros correspond to zeros of the folded layer. It is first replaced by one convolution with the same function, which is then trained like the other branches.
/// An identity branch (RepVGG, MobileOne) cannot be masked, so the weights that it is added to are kept.
/// </remarks>
public static class BranchPruning
{
    /// <summary>Replaces every branch of several layers by one convolution with the same function. Pruning with <see cref="WeightPruning.Branches"/> does this first; call it before training if the model is pruned several times during training.</summary>
    /// <param name="model">The model.</param>
    /// <returns>The new model, or the same model if there is no such branch.</returns>
    public static Model MergeBranchChains(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return BranchedConvolution.MergeChains(model);
    }

    /// <summary>Prunes like <see cref="WeightPruner.Mask"/>, but ranks the parameters of the folded network. For networks without branches the two are the same.</summary>
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
