using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Prunes channels by amount, or as few as a target needs.</summary>
public static class ChannelPruner
{
    private const int Halvings = 16; // the amount to 1/65536: finer than one channel of any network

    /// <summary>Removes a share of the channels.</summary>
    /// <param name="model">The model.</param>
    /// <param name="amount">From 0 up to 1: of each group where it is ranked locally, of all channels that may go otherwise. Minimum widths hold in any case.</param>
    /// <param name="options">How to choose.</param>
    /// <exception cref="EspalierException">The amount or an option is not possible.</exception>
    public static ChannelPruning Prune(Model model, double amount, ChannelPruningOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (amount is not (>= 0 and <= 1))
        {
            throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"Expected an amount from 0 to 1 (0.5 is half of the channels), found {amount}."));
        }

        ChannelGroups groups = ChannelGroups.Find(model.Graph, options.Grouped);
        return Finish(model, groups, new ChannelChoice(model, groups, options), amount, null, options);
    }

    /// <summary>Removes from each named group a share of its own; the others stay as they are.</summary>
    /// <param name="model">The model.</param>
    /// <param name="amounts">Shares from 0 to 1 by the group's name, as <see cref="SensitivityScan.AmountsWithin"/> finds them. Minimum widths hold in any case.</param>
    /// <param name="options">How to choose within a group.</param>
    /// <exception cref="EspalierException">A name, a share or an option is not possible.</exception>
    public static ChannelPruning Prune(Model model, ValueList<KeyValuePair<string, double>> amounts, ChannelPruningOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (options.Ranking != ChannelRanking.Local)
        {
            throw new EspalierException("Amounts of groups are of each alone: only local ranking goes with them.");
        }

        ChannelGroups groups = ChannelGroups.Find(model.Graph, options.Grouped);
        var widths = groups.Groups.ToDictionary(group => group.Name, group => group.Width, StringComparer.Ordinal);
        Dictionary<string, double> shares = NamedShares.Of(amounts, widths.ContainsKey, name => "no such group of channels" + NearMatches.Suggest(name, widths.Keys));
        IReadOnlyList<ChannelUnit> removed = new ChannelChoice(model, groups, options).Take(group => shares.GetValueOrDefault(group.Name));
        return Finish(model, groups, removed, (double)removed.Count / Math.Max(1, groups.Units.Length), Entry(NamedShares.Describe(amounts), null, options, removed.Count), options);
    }

    /// <summary>Removes the least important channels until at most a share of the multiply-accumulates is left.</summary>
    /// <inheritdoc cref="Prune(Model, double, ChannelPruningOptions)"/>
    /// <param name="model">The model.</param>
    /// <param name="share">What may be left: 0.4 is 2.5 times less work.</param>
    /// <param name="options">How to choose.</param>
    public static ChannelPruning ToMultiplyAccumulates(Model model, double share, ChannelPruningOptions options) =>
        ToShare(model, share, "multiply-accumulates", graph => graph.Nodes.Sum(node => MultiplyAccumulates.Of(graph, node)), options);

    /// <summary>Removes the least important channels until at most a share of the parameters is left.</summary>
    /// <inheritdoc cref="ToMultiplyAccumulates"/>
    public static ChannelPruning ToParameters(Model model, double share, ChannelPruningOptions options) =>
        ToShare(model, share, "parameters", graph => graph.Parameters.Where(parameter => !parameter.Value.IsBuffer).Sum(parameter => parameter.Value.Shape.Count), options);

    /// <summary>Removes as few channels as it takes for a measure of the narrower model to be at most a target: milliseconds on this machine.</summary>
    /// <param name="model">The model.</param>
    /// <param name="target">The target, in the measure's unit.</param>
    /// <param name="measure">Measures a model; taken as falling with the amount.</param>
    /// <param name="options">How to choose.</param>
    /// <param name="measurements">How often to measure at most, besides the narrowest: each halves the uncertainty of the amount.</param>
    /// <param name="unit">The measure's unit, for the lineage.</param>
    /// <exception cref="EspalierException">The narrowest model misses the target; the message says what it reaches.</exception>
    public static ChannelPruning ToMeasure(Model model, double target, Func<Model, double> measure, ChannelPruningOptions options, int measurements = 6, string unit = "measured")
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(measure);
        ChannelGroups groups = ChannelGroups.Find(model.Graph, options.Grouped);
        var choice = new ChannelChoice(model, groups, options);
        double amount = Search(target, at => measure(model.Apply(new ChannelRemoval(groups, choice.Take(at)))), measurements, "the measured target");
        return Finish(model, groups, choice, amount, Target(target, unit), options);
    }

    private static ChannelPruning ToShare(Model model, double share, string what, Func<Graph, long> count, in ChannelPruningOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (share is not (> 0 and <= 1))
        {
            throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"Expected a share of the {what} above 0 and at most 1, found {share}."));
        }

        ChannelGroups groups = ChannelGroups.Find(model.Graph, options.Grouped);
        var choice = new ChannelChoice(model, groups, options);
        double whole = count(model.Graph);
        double amount = Search(share, at => count(new ChannelRemoval(groups, choice.Take(at)).Narrow()) / whole, Halvings, $"the share of {what}");
        return Finish(model, groups, choice, amount, Target(share, what), options);
    }

    /// <summary>The least amount found that meets the target.</summary>
    private static double Search(double target, Func<double, double> measure, int halvings, string what)
    {
        if (measure(0) <= target)
        {
            return 0;
        }

        double best = measure(1);
        if (!(best <= target))
        {
            throw new EspalierException(string.Create(
                CultureInfo.InvariantCulture,
                $"{what} cannot be {target:0.####}: the narrowest network that minimum width, rounding and excluded layers allow reaches {best:0.####}."));
        }

        (double low, double high) = (0, 1);
        for (int i = 0; i < halvings; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = measure(middle) <= target ? (low, middle) : (middle, high);
        }

        return high;
    }

    private static string Target(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:0.####} {unit}");

    private static ChannelPruning Finish(Model model, ChannelGroups groups, ChannelChoice choice, double amount, string? target, in ChannelPruningOptions options)
    {
        IReadOnlyList<ChannelUnit> removed = choice.Take(amount);
        return Finish(model, groups, removed, amount, Entry(amount.ToString("0.#####", CultureInfo.InvariantCulture), target, options, removed.Count), options);
    }

    private static ChannelPruning Finish(Model model, ChannelGroups groups, IReadOnlyList<ChannelUnit> removed, double amount, LineageEntry entry, in ChannelPruningOptions options)
    {
        ChannelUnit[] dead = options.CarriesConstants ? ZeroFilters.Among(model, groups, removed) : [];
        CarriedConstants? carried = dead.Length > 0 ? ChannelConstants.Carry(model, groups, dead) : null;
        Model narrow = carried is null
            ? model.Apply(new ChannelRemoval(groups, removed))
            : carried.Model.Apply(new ChannelRemoval(carried.Groups, removed.Select(unit => carried.Groups.Units[unit.Index])));
        var gone = new HashSet<int>(removed.Select(unit => unit.Index));
        return new ChannelPruning(
            narrow.Record(entry),
            amount,
            [.. removed],
            [.. groups.Groups.Select(group => new ChannelWidth(group.Name, group.Width, group.Units.Count(unit => !gone.Contains(unit.Index))))])
        {
            Carried = carried?.Removed.Length ?? 0,
            Refusals = carried?.Refusals ?? [],
        };
    }

    private static LineageEntry Entry(string amount, string? target, in ChannelPruningOptions options, int removed) => new(
        "prune",
        [
            new("granularity", "channels"),
            new("method", (options.Importance ?? ChannelImportance.L1).Name),
            new("ranking", options.Ranking.ToString().ToLowerInvariant()),
            new("amount", amount),
            new("target", target ?? "none"),
            new("aggregate", options.Aggregate.ToString().ToLowerInvariant()),
            new("grouped", options.Grouped.ToString().ToLowerInvariant()),
            new("carries_constants", options.CarriesConstants ? "true" : "false"),
            new("minimum_width", options.MinimumWidth.ToString(CultureInfo.InvariantCulture)),
            new("round_to", options.RoundTo.ToString(CultureInfo.InvariantCulture)),
            new("scope", string.Join(' ', options.Scopes)),
            new("exclude", string.Join(' ', options.Exclude)),
            new("seed", options.Importance?.Seed?.ToString(CultureInfo.InvariantCulture) ?? "none"),
        ],
        [new("removed_channels", removed)]);
}
