using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Masks the least important weights for a given amount.</summary>
internal static class WeightPruner
{
    /// <param name="model">The model.</param>
    /// <param name="request">A request whose target is an amount, amounts by name, or <see langword="null"/> for the pattern 2:4.</param>
    /// <param name="context">The gradients, if the criterion needs them.</param>
    internal static PruningResult Prune(Model model, WeightPruning request, PruningContext context) =>
        request.Branches ? BranchPruning.Prune(model, request, context) : Mask(model, request, context);

    /// <summary>Prunes the parameters of the model itself; the branches of a block are pruned independently.</summary>
    internal static PruningResult Mask(Model model, WeightPruning request, PruningContext context)
    {
        Func<string, Tensor>? gradients = context.GradientsFor(request, model);
        PrunableParameter[] targets = [.. PruningSelection.Of(model, request).Select(name => new PrunableParameter(name, model.Parameters[name], request, gradients))];
        if (request.Target is not null)
        {
            Remove(targets, request);
        }

        KeyValuePair<string, Parameter>[] pruned = [.. targets.Select(target => KeyValuePair.Create(target.Name, request.Target is null ? target.Halved() : target.Pruned()))];
        Model result = model.With(model.Parameters.With(pruned));
        var report = new PruningResult(model, result)
        {
            Parameters = [.. pruned.Select((after, i) => new PrunedParameter(after.Key, after.Value.Value.Shape, Removed(targets[i].Parameter), Removed(after.Value)))],
        };
        return report with { Model = result.Record(Lineage(request, report)) };
    }

    private static void Remove(PrunableParameter[] targets, WeightPruning request)
    {
        if (request.IsGlobal && request.Target is AmountTarget { Amount: var amount })
        {
            UnitRanking.Remove(targets, amount.UnitsOf("all parameters together", targets.Sum(target => target.Left), targets.Sum(target => target.Units)));
            return;
        }

        foreach ((PrunableParameter target, PruneAmount share) in targets.Zip(Amounts(targets, request)))
        {
            UnitRanking.Remove([target], share.UnitsOf(target.Name, target.Left, target.Units));
        }
    }

    /// <summary>The amount for each parameter with local ranking.</summary>
    private static IEnumerable<PruneAmount> Amounts(PrunableParameter[] targets, WeightPruning request)
    {
        if (request.Target is NamedTarget named)
        {
            Dictionary<string, double> shares = named.Shares.ToDictionary();
            return targets.Select(target => PruneAmount.Fraction(shares[target.Name]));
        }

        PruneAmount amount = ((AmountTarget)request.Target!).Amount;
        if (request.Distribution == AmountDistribution.Uniform)
        {
            return targets.Select(_ => amount);
        }

        return amount.Share is double share and >= 0 and <= 1
            ? LayerDensities.Of([.. targets.Select(target => target.Parameter.Value.Shape)], 1 - share).Select(density => amount.WithShare(1 - density))
            : throw new PruningException("ERK", $"expected a fraction from 0 to 1 to distribute, found the amount {amount}");
    }

    private static long Removed(Parameter parameter)
    {
        long removed = 0;
        foreach (float kept in parameter.Mask is null ? [] : parameter.Mask.To(ElementType.Float32).Read<float>())
        {
            removed += kept == 0 ? 1 : 0;
        }

        return removed;
    }

    private static LineageEntry Lineage(WeightPruning request, PruningResult report) => new(
        "prune",
        [
            new("granularity", "weights"), new("method", request.Criterion.Name), new("pattern", request.Pattern.ToString()),
            new("norm", request.Norm.ToString(CultureInfo.InvariantCulture)), new("amount", request.Target?.ToString() ?? "50%"), new("ranking", request.IsGlobal ? "global" : "local"),
            new("distribution", request.Distribution.ToString().ToLowerInvariant()), new("scope", string.Join(' ', request.Scopes)),
            new("exclude", string.Join(' ', request.Exclude)), new("seed", request.Seed.ToString(CultureInfo.InvariantCulture)),
        ],
        [new("pruned_weights", report.RemovedWeights)]);
}
