using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Visits every node of a model and finds the merges that can be made together, and the reasons for those that cannot be made.</summary>
internal sealed class LinearFoldingScan
{
    private readonly Model _model;
    private readonly LinearFoldingOptions _options;
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sources = new(StringComparer.Ordinal);

    internal LinearFoldingScan(Model model, LinearFoldingOptions options)
    {
        (_model, _options) = (model, options);
        IReadOnlyDictionary<string, int> order = LinearRegion.Order(model.Graph);
        foreach (Node node in model.Graph.Nodes.Reverse())
        {
            if (LinearOps.IsLinear(node.Op) && !_gone.Contains(node.Name))
            {
                Visit(node, order);
            }
            else if (node.Op is MaxPool && LinearOps.IsLinear(Graph[node.Inputs[0]].Op))
            {
                Refusals.Add(new FoldingRefusal(node.Name, MergeRule.AveragePool, $"it is a max pool of '{node.Inputs[0]}', and a maximum is not linear"));
            }
        }
    }

    internal List<RegionMerge> Merges { get; } = [];

    /// <summary>Merges that need a pad op with a non-zero padding value. They are made last, one at a time, because folding a norm into the layer before it is better.</summary>
    internal List<RegionMerge> Bordered { get; } = [];

    internal List<FoldingRefusal> Refusals { get; } = [];

    private Graph Graph => _model.Graph;

    private void Visit(Node root, IReadOnlyDictionary<string, int> order)
    {
        LinearRegion[] regions = [.. LinearRegion.EndingAt(Graph, order, root)];
        MergeRefusal? nearest = null;
        foreach (LinearRegion region in regions.Reverse().Where(region => region.Nodes.Count > 1 && !IsLeft(region) && !KeepsNorm(region)))
        {
            if (RegionMerge.Try(_model, region, _sources, _options, out nearest) is not RegionMerge merge)
            {
                continue;
            }

            if (merge.HasBorder)
            {
                Bordered.Add(merge);
                continue;
            }

            Merges.Add(merge);
            _gone.UnionWith(merge.Dying);
            _sources.Add(region.Source);
            return;
        }

        if (regions.Length == 0 && root.Inputs.Any(input => LinearOps.IsLinear(Graph[input].Op)))
        {
            nearest = new MergeRefusal(MergeRule.CommonInput, $"{string.Join(" and ", root.Inputs)} have no common input that reaches them by linear paths only");
        }

        if (nearest is not null)
        {
            Refusals.Add(new FoldingRefusal(root.Name, nearest.Rule, nearest.Reason));
        }
    }

    /// <summary>Whether a region consists of a layer and the norm that is to be left after it, or would fold such a norm into a later layer.</summary>
    private bool IsLeft(LinearRegion region) => _options.LeavesNormsAfterLayers
        && (region.Nodes.Count == 2 ? region.Nodes : region.Nodes.Where(node => node.Inputs[0] == region.Source)).Any(IsLeft);

    /// <summary>Whether a region would fold the norm of an earlier layer into a later one though other nodes still read the norm, which is then left: into its own layer it folds for all of them.</summary>
    private bool KeepsNorm(LinearRegion region)
    {
        Node[] norms = region.Nodes.Count > 2 ? [.. region.Nodes.Where(node => node.Inputs[0] == region.Source && OutputAffine.IsNormOfLayer(Graph, node))] : [];
        return norms.Length > 0 && !region.Dying(Graph, _sources).IsSupersetOf(norms.Select(norm => norm.Name));
    }

    // The factors of stochastic depth are folded into the branch's last layer, so there must be no norm after that layer.
    private bool IsLeft(Node node) =>
        OutputAffine.IsNormOfLayer(Graph, node) && Graph.UsersOf(node.Name).All(user => user.Op is not StochasticDepth);
}
