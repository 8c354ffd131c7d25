using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Ranks the units of a model once and chooses the units to remove for any amount. The units for a greater amount include those for a smaller one.</summary>
internal sealed class ChannelChoice
{
    private readonly ChannelPruning _request;
    private readonly ChannelGroup[] _open;
    private readonly ChannelUnit[][] _ranked; // the units of each open group that have a finite score, least important first
    private readonly int[] _order; // for each unit in the global ranking, the index of its open group

    internal ChannelChoice(Model model, ChannelGroups groups, ChannelPruning request, PruningContext context)
    {
        _request = request;
        RequirePossible(groups, request);
        (ValueList<string> scopes, ValueList<string> excluded) = (request.Scopes, request.Exclude);
        _open = [.. groups.Groups.Where(group => group.Width > 1 && !IsMadeIn(group, excluded) && (scopes.Count == 0 || IsMadeIn(group, scopes)))];
        double[] scores = ChannelScores.Of(model, groups, request, context.GradientsFor(request, model));
        _ranked = [.. _open.Select(group => group.Units.Where(unit => double.IsFinite(scores[unit.Index])).OrderBy(unit => scores[unit.Index]).ToArray())];
        if (_open.Length > 0 && _ranked.All(units => units.Length == 0))
        {
            throw new EspalierException($"The criterion '{request.Criterion.Name}' cannot score any channel: it reads {(request.Criterion.Evidence == ChannelScoreSource.Norms ? "norms" : "filters")}, and the groups that can shrink have none with finite values; 'l1' reads filters.");
        }

        _order = Order(scores);
    }

    internal IReadOnlyList<ChannelUnit> Take(double amount)
    {
        if (_request.Ranking == ChannelRanking.Local)
        {
            return Take(_ => amount);
        }

        int[] losses = new int[_open.Length];
        foreach (int group in _order.AsSpan(0, (int)Math.Round(amount * _order.Length)))
        {
            losses[group]++;
        }

        return Take(losses);
    }

    /// <summary>The units to remove if each group loses its own fraction.</summary>
    internal IReadOnlyList<ChannelUnit> Take(Func<ChannelGroup, double> share) =>
        Take([.. _open.Select((group, i) => Math.Min((int)Math.Round(share(group) * group.Width), _ranked[i].Length))]);

    private IReadOnlyList<ChannelUnit> Take(int[] losses) =>
        [.. _ranked.SelectMany((units, i) => units.Take(_open[i].Width - Width(_open[i], _open[i].Width - losses[i])))];

    /// <summary>The number of units that a group keeps, so that every layer that computes it has at least the minimum width and a multiple of the rounding, both in channels.</summary>
    private int Width(ChannelGroup group, int wanted)
    {
        int least = Math.Max(DivideUp(_request.MinimumWidth, group.LeastChannelsPerUnit), wanted);
        int multiple = group.ChannelsPerUnit.Select(channels => _request.RoundTo / GreatestCommonDivisor(_request.RoundTo, channels)).Aggregate(1, LeastCommonMultiple);
        multiple = group.ChannelsPerUnit.IsEmpty ? _request.RoundTo : multiple;
        return Math.Min(group.Width, DivideUp(least, multiple) * multiple);
    }

    private static int DivideUp(int number, int divisor) => (number + divisor - 1) / divisor;

    private static int LeastCommonMultiple(int a, int b) => a / GreatestCommonDivisor(a, b) * b;

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);

    private int[] Order(double[] scores)
    {
        IEnumerable<(int Group, double Score)> all = _ranked.SelectMany((units, group) =>
        {
            double mean = units.Select(unit => scores[unit.Index]).DefaultIfEmpty(0).Average();
            double scale = _request.Ranking == ChannelRanking.Normalized && mean > 0 ? mean : 1;
            return units.Select(unit => (group, scores[unit.Index] / scale));
        });
        return [.. all.OrderBy(unit => unit.Score).Select(unit => unit.Group)]; // stable sort: equal scores remain in graph order
    }

    private static void RequirePossible(ChannelGroups groups, ChannelPruning request)
    {
        if (request.MinimumWidth < 1 || request.RoundTo < 1)
        {
            throw new EspalierException($"Expected a minimum width and a rounding of at least 1, found {request.MinimumWidth} and {request.RoundTo}.");
        }

        foreach (string pattern in request.Exclude.Concat(request.Scopes))
        {
            if (!groups.Graph.Nodes.Any(node => ScopePattern.Matches(pattern, node.Name)))
            {
                throw new EspalierException($"No layer is called '{pattern}'; groups that can shrink are {Able(groups)}.");
            }
        }

        foreach (string pattern in request.Scopes)
        {
            if (!groups.Groups.Any(group => group.Width > 1 && IsMadeIn(group, [pattern])))
            {
                string? node = groups.Fixed.Keys.FirstOrDefault(name => ScopePattern.Matches(pattern, name));
                throw new EspalierException($"'{pattern}' cannot shrink: {(node is null ? "none of its layers has more than one channel that can be removed" : groups.Fixed[node])}; groups that can shrink are {Able(groups)}.");
            }
        }
    }

    private static string Able(ChannelGroups groups) => string.Join(", ", groups.Groups.Where(group => group.Width > 1).Select(group => group.Name).Take(8));

    private static bool IsMadeIn(ChannelGroup group, ValueList<string> patterns) => group.Producers.Any(node => patterns.Any(pattern => ScopePattern.Matches(pattern, node)));
}
