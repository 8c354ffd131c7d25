using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Removes the least important channels of a model.</summary>
internal sealed class ChannelPruner
{
    private readonly Model _model;
    private readonly ChannelPruning _request;
    private readonly ChannelGroups _groups;
    private readonly ChannelChoice _choice;

    internal ChannelPruner(Model model, ChannelPruning request, PruningContext context)
    {
        (_model, _request) = (model, request);
        _groups = ChannelGroups.Find(model.Graph, request.Grouped);
        _choice = new ChannelChoice(model, _groups, request, context);
    }

    /// <summary>Removes a fraction of each group with local ranking, otherwise a fraction of all channels that can be removed. Minimum widths are kept.</summary>
    internal PruningResult ByShare(double amount) => Finish(amount, null);

    /// <summary>Removes a fraction given for each named group; other groups are not pruned.</summary>
    internal PruningResult ByName(ValueList<KeyValuePair<string, double>> amounts)
    {
        var widths = _groups.Groups.ToDictionary(group => group.Name, group => group.Width, StringComparer.Ordinal);
        Dictionary<string, double> shares = NamedAmounts.Of(amounts, widths.ContainsKey, name => "no such group of channels" + SimilarNames.Suggest(name, widths.Keys));
        IReadOnlyList<ChannelUnit> removed = _choice.Take(group => shares.GetValueOrDefault(group.Name));
        return Finish(removed, (double)removed.Count / Math.Max(1, _groups.Units.Length), Entry(NamedAmounts.Describe(amounts), null, removed.Count));
    }

    /// <summary>Removes as few channels as possible so that a measure of the pruned model is at most a target.</summary>
    internal PruningResult ToMeasure(double target, PruningMeasure measure, Func<Model, double> reached)
    {
        double amount = Search(target, at => reached(_model.Apply(new ChannelRemoval(_groups, _choice.Take(at)))), measure.Most, "the measured target");
        return Finish(amount, Target(target, measure));
    }

    /// <summary>Removes as few channels as possible so that at most a fraction of a count of the graph, such as MACs, is left.</summary>
    internal PruningResult ToShare(double share, PruningMeasure measure, Func<Graph, long> count)
    {
        MeasureTarget.RequireShare(share, measure);
        double whole = count(_model.Graph);
        double amount = Search(share, at => count(new ChannelRemoval(_groups, _choice.Take(at)).Narrow()) / whole, measure.Most, $"the share of {measure.Unit}");
        return Finish(amount, Target(share, measure));
    }

    /// <summary>The smallest amount that meets the target, found by bisection.</summary>
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

    private static string Target(double value, PruningMeasure measure) => string.Create(CultureInfo.InvariantCulture, $"{value:0.####} {measure.Unit}");

    private PruningResult Finish(double amount, string? target)
    {
        IReadOnlyList<ChannelUnit> removed = _choice.Take(amount);
        return Finish(removed, amount, Entry(amount.ToString("0.#####", CultureInfo.InvariantCulture), target, removed.Count));
    }

    private PruningResult Finish(IReadOnlyList<ChannelUnit> removed, double amount, LineageEntry entry)
    {
        ChannelUnit[] dead = _request.FoldsConstants ? ZeroFilters.Among(_model, _groups, removed) : [];
        ConstantsInBiases? carried = dead.Length > 0 ? ChannelConstants.Carry(_model, _groups, dead) : null;
        Model narrow = carried is null
            ? _model.Apply(new ChannelRemoval(_groups, removed))
            : carried.Model.Apply(new ChannelRemoval(carried.Groups, removed.Select(unit => carried.Groups.Units[unit.Index])));
        var gone = new HashSet<int>(removed.Select(unit => unit.Index));
        return new PruningResult(_model, narrow.Record(entry))
        {
            Amount = amount,
            RemovedChannels = [.. removed],
            Widths = [.. _groups.Groups.Select(group => new ChannelWidth(group.Name, group.Width, group.Units.Count(unit => !gone.Contains(unit.Index))) { ChannelsPerUnit = group.LeastChannelsPerUnit })],
            Carried = carried?.Removed.Length ?? 0,
            Refusals = carried?.Refusals ?? [],
        };
    }

    private LineageEntry Entry(string amount, string? target, int removed) => new(
        "prune",
        [
            new("granularity", "channels"),
            new("method", _request.Criterion.Name),
            new("ranking", _request.Ranking.ToString().ToLowerInvariant()),
            new("amount", amount),
            new("target", target ?? "none"),
            new("aggregate", _request.Aggregate.ToString().ToLowerInvariant()),
            new("grouped", _request.Grouped.ToString().ToLowerInvariant()),
            new("carries_constants", _request.FoldsConstants ? "true" : "false"),
            new("minimum_width", _request.MinimumWidth.ToString(CultureInfo.InvariantCulture)),
            new("round_to", _request.RoundTo.ToString(CultureInfo.InvariantCulture)),
            new("scope", string.Join(' ', _request.Scopes)),
            new("exclude", string.Join(' ', _request.Exclude)),
            new("seed", _request.Needs.HasFlag(PruningNeeds.RandomNumbers) ? _request.Seed.ToString(CultureInfo.InvariantCulture) : "none"),
        ],
        [new("removed_channels", removed)]);
}
