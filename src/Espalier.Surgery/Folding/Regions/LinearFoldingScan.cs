using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>One look at every node of a model: the merges that can be made together, and why the others cannot.</summary>
internal sealed class LinearFoldingScan
{
    private readonly Model _model;
    private readonly LinearFoldingOptions _options;
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sources = new(StringComparer.Ordinal);

    internal LinearFoldingScan(Model model, LinearFoldingOptions options)
    {
        (_model, _options) = (model, options);
        Dictionary<string, int> order = model.Graph.Nodes.Select((node, i) => (node.Name, i)).ToDictionary(StringComparer.Ordinal);
        foreach (Node node in model.Graph.Nodes.Reverse())
        {
            if (LinearOps.IsLinear(node.Op) && !_gone.Contains(node.Name))
            {
                Visit(node, order);
            }
        }
    }

    internal List<Patch> Patches { get; } = [];

    internal List<Refusal> Refusals { get; } = [];

    private Graph Graph => _model.Graph;

    private void Visit(Node root, Dictionary<string, int> order)
    {
        LinearRegion[] regions = [.. LinearRegion.EndingAt(Graph, order, root)];
        MergeRefusal? nearest = null;
        foreach (LinearRegion region in regions.Reverse().Where(region => region.Nodes.Count > 1))
        {
            if (TryMerge(region) is not MergeRefusal refusal)
            {
                return;
            }

            nearest = refusal;
        }

        if (regions.Length == 0 && root.Inputs.Any(input => LinearOps.IsLinear(Graph[input].Op)))
        {
            nearest = new MergeRefusal(MergeRule.CommonInput, $"{string.Join(" and ", root.Inputs)} have no common input that reaches them by linear paths only");
        }

        if (nearest is not null)
        {
            Refusals.Add(new Refusal(root.Name, nearest.ToString()));
        }
    }

    private MergeRefusal? TryMerge(LinearRegion region)
    {
        string nodes = string.Join(", ", region.Nodes.Reverse().Select(node => node.Name));
        if (!RegionMap.Of(_model, region).IsMerged(out LinearMap? map, out MergeRefusal? refusal))
        {
            return refusal with { Reason = $"{refusal.Reason} (merging {nodes} from '{region.Source}')" };
        }

        map = GroupConversion.Narrow(map);
        HashSet<string> dying = region.Dying(Graph, _sources);
        if (CostRefusal(region, dying, map) is MergeRefusal tooMuch)
        {
            return tooMuch with { Reason = $"{tooMuch.Reason} (merging {nodes} from '{region.Source}')" };
        }

        string name = MergeNaming.NameFor(Graph, region, dying);
        string reason = $"{nodes} into {(map.IsIdentity ? region.Source : name)}{Caution(region)}";
        Patches.Add(MapWriter.Write(Graph, map, region.Source, region.Root.Name, name, reason));
        _gone.UnionWith(dying);
        _sources.Add(region.Source);
        return null;
    }

    /// <summary>Names norms with a variance below ε: there ε, not the data, sets the scale, which is then large.</summary>
    private string Caution(LinearRegion region)
    {
        string[] norms = [.. region.Nodes.Where(node => node.Op is BatchNorm norm && IsIllConditioned(node, norm)).Select(node => node.Name)];
        return norms.Length == 0 ? "" : $" (ill-conditioned: {string.Join(", ", norms)} has a variance below its epsilon)";
    }

    private bool IsIllConditioned(Node node, BatchNorm norm)
    {
        foreach (double variance in _model.Value(node, "running_var").To(ElementType.Float64).Read<double>())
        {
            if (variance < norm.Epsilon)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Merging ends because each merge leaves fewer nodes, or as many that take fewer operations.</summary>
    private MergeRefusal? CostRefusal(LinearRegion region, HashSet<string> dying, LinearMap map)
    {
        MergeCost before = region.Nodes.Where(node => dying.Contains(node.Name)).Aggregate(MergeCost.None, (sum, node) => sum + MergeCost.Of(Graph, node));
        MergeCost after = MergeCost.Of(map, Graph.ShapeOf(region.Root.Name));
        int nodes = MapWriter.NodesFor(map);
        if (nodes > dying.Count || (nodes == dying.Count && after.Operations >= before.Operations))
        {
            return new MergeRefusal(MergeRule.Cost, $"it would leave no fewer nodes, because {region.Nodes.Count - dying.Count} of them are read by others too");
        }

        return _options.Always || after.IsAtMost(before) ? null : new MergeRefusal(MergeRule.Cost, $"one layer would take {after} instead of {before}");
    }
}
