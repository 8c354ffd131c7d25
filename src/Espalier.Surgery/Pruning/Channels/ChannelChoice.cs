using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Ranks the units of a model once, and says which go for any amount. A greater amount takes the same ones and more.</summary>
internal sealed class ChannelChoice
{
    private readonly ChannelPruningOptions _options;
    private readonly ChannelGroup[] _open;
    private readonly ChannelUnit[][] _ranked; // the units of each open group, the least important first
    private readonly int[] _order; // the open groups that lose a unit, one after another, over all of them

    internal ChannelChoice(Model model, ChannelGroups groups, in ChannelPruningOptions options)
    {
        _options = options;
        RequirePossible(groups, options);
        ValueList<string> excluded = options.Exclude;
        _open = [.. groups.Groups.Where(group => group.Width > 1 && !group.Producers.Any(node => excluded.Any(pattern => ScopePattern.Matches(pattern, node))))];
        double[] scores = (options.Importance ?? ChannelImportance.L1).Score(model, groups, options.Aggregate);
        _ranked = [.. _open.Select(group => group.Units.OrderBy(unit => scores[unit.Index]).ToArray())];
        _order = Order(scores);
    }

    internal IReadOnlyList<ChannelUnit> Take(double amount)
    {
        int[] losses = new int[_open.Length];
        if (_options.Ranking == ChannelRanking.Local)
        {
            for (int i = 0; i < losses.Length; i++)
            {
                losses[i] = (int)Math.Round(amount * _ranked[i].Length);
            }
        }
        else
        {
            foreach (int group in _order.AsSpan(0, (int)Math.Round(amount * _order.Length)))
            {
                losses[group]++;
            }
        }

        return [.. _ranked.SelectMany((units, i) => units.Take(units.Length - Width(units.Length, units.Length - losses[i])))];
    }

    /// <summary>What is left of a width after minimum and rounding, which only ever keep more.</summary>
    private int Width(int before, int wanted)
    {
        int least = Math.Max(_options.MinimumWidth, wanted);
        int rounded = (least + _options.RoundTo - 1) / _options.RoundTo * _options.RoundTo;
        return Math.Min(before, rounded);
    }

    private int[] Order(double[] scores)
    {
        IEnumerable<(int Group, double Score)> all = _ranked.SelectMany((units, group) =>
        {
            double[] finite = [.. units.Select(unit => scores[unit.Index]).Where(double.IsFinite)];
            double scale = _options.Ranking == ChannelRanking.Normalised && finite.Length > 0 && finite.Average() > 0 ? finite.Average() : 1;
            return units.Select(unit => (group, scores[unit.Index] / scale));
        });
        return [.. all.OrderBy(unit => unit.Score).Select(unit => unit.Group)]; // stable: equal scores in the order of the graph
    }

    private static void RequirePossible(ChannelGroups groups, in ChannelPruningOptions options)
    {
        if (options.MinimumWidth < 1 || options.RoundTo < 1)
        {
            throw new EspalierException($"Expected a minimum width and a rounding of at least 1, found {options.MinimumWidth} and {options.RoundTo}.");
        }

        foreach (string pattern in options.Exclude)
        {
            if (!groups.Graph.Nodes.Any(node => ScopePattern.Matches(pattern, node.Name)))
            {
                throw new EspalierException($"No layer is called '{pattern}'; groups that can shrink are {string.Join(", ", groups.Groups.Where(group => group.Width > 1).Select(group => group.Name).Take(8))}.");
            }
        }
    }
}
