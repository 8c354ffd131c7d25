using System.Collections.Immutable;
using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Prunes weights by masks, as <c>torch.nn.utils.prune</c> does: the numbers stay, the mask says which count, and prunings compose.</summary>
public static class WeightPruning
{
    /// <summary>Removes the weights that matter least. An amount is of what earlier prunings have left.</summary>
    /// <exception cref="PruningException">A pattern names nothing, the amount is impossible, or the pattern does not suit a parameter.</exception>
    public static WeightPruningReport Prune(this Model model, WeightPruningOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        PruningTarget[] targets = [.. PruningSelection.Of(model, options).Select(name => new PruningTarget(name, model.Parameters[name], options))];
        KeyValuePair<string, Parameter>[] pruned;
        if (options.Pattern == WeightPattern.TwoOfFour)
        {
            pruned = [.. targets.Select(target => KeyValuePair.Create(target.Name, target.Halved()))];
        }
        else
        {
            Remove(targets, options);
            pruned = [.. targets.Select(target => KeyValuePair.Create(target.Name, target.Pruned()))];
        }

        ImmutableArray<PrunedParameter> rows = [.. pruned.Select((after, i) => new PrunedParameter(after.Key, after.Value.Value.Shape, Removed(targets[i].Parameter), Removed(after.Value)))];
        Model result = model.With(model.Parameters.With(pruned));
        var report = new WeightPruningReport(result, rows);
        return report with { After = result.Record(Lineage(options, report)) };
    }

    /// <summary>Keeps of a parameter only what a mask and the masks before it keep: PyTorch's <c>custom_from_mask</c>.</summary>
    /// <exception cref="PruningException">There is no such parameter, or the mask is of another shape.</exception>
    public static Model PruneByMask(this Model model, string name, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(mask);
        return ByMask(model, name, mask, "mask");
    }

    /// <summary>Gives a parameter a mask that removes nothing: PyTorch's <c>identity</c>.</summary>
    /// <exception cref="PruningException">There is no such parameter.</exception>
    public static Model PruneNothing(this Model model, string name)
    {
        ArgumentNullException.ThrowIfNull(model);
        Parameter parameter = Find(model, name);
        float[] ones = new float[parameter.Value.Shape.Count];
        Array.Fill(ones, 1);
        return ByMask(model, name, Tensor.From<float>(parameter.Value.Shape, ones), "identity");
    }

    /// <summary>Makes pruning permanent: what masks have removed is 0 for good, and the masks are gone. PyTorch's <c>remove</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="scopes">Patterns of parameters; none means all.</param>
    /// <exception cref="PruningException">A pattern names nothing that is pruned.</exception>
    public static Model RemoveMasks(this Model model, ValueList<string> scopes = default) => Unmask(model, scopes, "remove", parameter => parameter.Effective);

    /// <summary>Takes pruning back: the removed weights have the numbers again that they had when they were removed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="scopes">Patterns of parameters; none means all.</param>
    /// <exception cref="PruningException">A pattern names nothing that is pruned.</exception>
    public static Model UndoPruning(this Model model, ValueList<string> scopes = default) => Unmask(model, scopes, "undo", parameter => parameter.Value);

    private static Model ByMask(Model model, string name, Tensor mask, string method)
    {
        Parameter parameter = Find(model, name);
        if (mask.Shape != parameter.Value.Shape)
        {
            throw new PruningException(name, $"its mask is {mask.Shape}, expected {parameter.Value.Shape}");
        }

        Tensor both = parameter.Mask is null ? mask.To(ElementType.Float32) : new Parameter(parameter.Mask) { Mask = mask }.Effective;
        Model after = model.With(model.Parameters.With(name, parameter with { Mask = both }));
        return after.Record(new LineageEntry("prune", [new("granularity", "weights"), new("method", method), new("scope", name)], []));
    }

    private static Model Unmask(Model model, ValueList<string> scopes, string action, Func<Parameter, Tensor> value)
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] masked = [.. model.Parameters.Where(parameter => parameter.Value.Mask is not null).Select(parameter => parameter.Key)];
        string? useless = scopes.FirstOrDefault(scope => !masked.Any(name => ScopePattern.Matches(scope, name)));
        if (useless is not null || masked.Length == 0)
        {
            throw new PruningException(useless ?? "the network", masked.Length == 0 ? "has no masks" : "matches nothing that is pruned" + NearMatches.Suggest(useless!, masked));
        }

        Model after = model.With(model.Parameters.With(masked.Where(name => scopes.Count == 0 || scopes.Any(scope => ScopePattern.Matches(scope, name)))
            .Select(name => KeyValuePair.Create(name, model.Parameters[name] with { Value = value(model.Parameters[name]), Mask = null }))));
        return after.Record(new LineageEntry("prune", [new("granularity", "weights"), new(action, "true"), new("scope", string.Join(' ', scopes))], []));
    }

    private static void Remove(PruningTarget[] targets, in WeightPruningOptions options)
    {
        if (options.IsGlobal)
        {
            UnitRanking.Remove(targets, options.Amount.UnitsOf("all parameters together", targets.Sum(target => target.Left), targets.Sum(target => target.Units)));
            return;
        }

        foreach ((PruningTarget target, PruneAmount amount) in targets.Zip(Amounts(targets, options)))
        {
            UnitRanking.Remove([target], amount.UnitsOf(target.Name, target.Left, target.Units));
        }
    }

    /// <summary>What each loses where each is ranked alone.</summary>
    private static IEnumerable<PruneAmount> Amounts(PruningTarget[] targets, in WeightPruningOptions options)
    {
        if (options.Amounts.Count > 0)
        {
            Dictionary<string, double> shares = options.Amounts.ToDictionary();
            return targets.Select(target => PruneAmount.Fraction(shares[target.Name]));
        }

        PruneAmount amount = options.Amount;
        if (options.Distribution == AmountDistribution.Uniform)
        {
            return targets.Select(_ => amount);
        }

        return amount.Share is double share and >= 0 and <= 1
            ? LayerDensities.Of([.. targets.Select(target => target.Parameter.Value.Shape)], 1 - share).Select(density => amount.WithShare(1 - density))
            : throw new PruningException("ERK", $"spreads a share from 0 to 1, found the amount {amount}");
    }

    private static Parameter Find(Model model, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return model.Parameters.TryGetValue(name, out Parameter? parameter) ? parameter : throw new PruningException(name, "no such parameter" + NearMatches.Suggest(name, model.Parameters.Keys));
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

    private static LineageEntry Lineage(in WeightPruningOptions options, WeightPruningReport report) => new(
        "prune",
        [
            new("granularity", "weights"), new("method", options.Score.ToString().ToLowerInvariant()), new("pattern", options.Pattern.ToString()),
            new("norm", options.Norm.ToString(CultureInfo.InvariantCulture)), new("amount", AmountOf(options)), new("ranking", options.IsGlobal ? "global" : "local"),
            new("distribution", options.Distribution.ToString().ToLowerInvariant()), new("scope", string.Join(' ', options.Scopes)),
            new("exclude", string.Join(' ', options.Exclude)), new("seed", options.Seed.ToString(CultureInfo.InvariantCulture)),
        ],
        [new("pruned_weights", report.Removed)]);

    private static string AmountOf(in WeightPruningOptions options) =>
        options.Amounts.Count > 0 ? NamedShares.Describe(options.Amounts) : options.Pattern == WeightPattern.TwoOfFour ? "50%" : options.Amount.ToString();
}
