using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Folds the linear parts of a network, whatever block they belong to, into single convolutions or linear layers.</summary>
/// <remarks>
/// For each node, last first, it finds the farthest node from which all paths to it are linear, multiplies the paths, and replaces them by one
/// layer if that is exact over the reals and needs neither more operations nor more bytes than the replaced nodes; otherwise it tries
/// nearer nodes. If only some operands of a sum or concatenation are linear in one source, those are merged; a 1x1 layer before
/// an average pool is moved after it. This repeats until nothing changes. Norms are folded with their running statistics, stochastic depth with
/// its factors at inference, so the result is a model for inference. Dropout ends a linear part: remove it first (<see cref="DropoutRemoval"/>).
/// </remarks>
public sealed class LinearFolding(LinearFoldingOptions options = default) : Pass
{
    /// <inheritdoc/>
    public override string Name => "fold linear parts";

    /// <inheritdoc/>
    public override string Action => "fold";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Rounding;

    /// <inheritdoc/>
    public override PassPlan Plan(Model model)
    {
        FoldingReport report = Fold(model);
        return PassPlan.InStages(report.Stages, [.. report.Refusals.Select(refusal => new Refusal(refusal.Node, $"{refusal.Rule}: {refusal.Reason}"))]);
    }

    /// <summary>Folds a model and reports all merges and refusals.</summary>
    public FoldingReport Fold(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model folded = model;
        var stages = ImmutableArray.CreateBuilder<ImmutableArray<Patch>>();
        var regions = ImmutableArray.CreateBuilder<FoldedRegion>();
        FoldingStep? step;
        ImmutableArray<FoldingRefusal> refusals;
        while ((step = Next(folded, out refusals)) is not null)
        {
            folded = step.ApplyTo(folded);
            stages.AddRange(step.Stages);
            regions.AddRange(step.Regions);
        }

        return new FoldingReport(model, folded, regions.ToImmutable(), refusals) { Stages = stages.ToImmutable() };
    }

    /// <summary>Folds whole regions first; if there are none, applies the rewrites that create new regions.</summary>
    private FoldingStep? Next(Model model, out ImmutableArray<FoldingRefusal> refusals)
    {
        refusals = [];
        var scan = new LinearFoldingScan(model, options);
        RegionMerge[] merges = scan.Merges.Count > 0 ? [.. scan.Merges] : [.. scan.Bordered.Take(1)];
        if (merges.Length > 0)
        {
            return new FoldingStep([[.. merges.Select(merge => merge.Patch)]], [.. merges.Reverse().Select(merge => merge.Region)]);
        }

        if (PartialJoins.Find(model, options) is FoldingStep join)
        {
            return join;
        }

        FoldingStep? move = PoolMoves.Find(model, out IReadOnlyList<FoldingRefusal> unmoved);
        refusals = [.. scan.Refusals.AsEnumerable().Reverse(), .. unmoved.ExceptBy(scan.Refusals.Select(refusal => refusal.Node), refusal => refusal.Node)];
        return move;
    }
}
