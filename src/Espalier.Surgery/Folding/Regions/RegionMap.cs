using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Computes the linear map of a region, from its source to its root.</summary>
internal sealed class RegionMap
{
    private readonly Model _model;
    private readonly Dictionary<string, MergeResult> _maps = new(StringComparer.Ordinal);

    private RegionMap(Model model, string source)
    {
        _model = model;
        _maps[source] = ElementaryMaps.Identity(model.Graph.ShapeOf(source)[0]);
    }

    /// <summary>The region's map, or the first rule that prevents the merge, with the node at which it does.</summary>
    internal static MergeResult Of(Model model, LinearRegion region)
    {
        var maps = new RegionMap(model, region.Source);
        foreach (Node node in region.Nodes.Reverse())
        {
            MergeResult result = maps.Evaluate(node);
            if (!result.IsMerged(out _, out MergeRefusal? refusal))
            {
                return MergeResult.Refuse(refusal.Rule, $"at '{node.Name}', {refusal.Reason}");
            }

            maps._maps[node.Name] = result;
        }

        return maps._maps[region.Root.Name];
    }

    private MergeResult Evaluate(Node node)
    {
        try
        {
            return Merge(node);
        }
        catch (MapSizeException error)
        {
            return MergeResult.Refuse(MergeRule.Cost, error.Message);
        }
    }

    private MergeResult Merge(Node node)
    {
        LinearMap[] inputs = [.. node.Inputs.Select(input => _maps[input].Map!)];
        switch (node.Op)
        {
            case Add:
                return ParallelMerge.Sum(inputs);
            case Concat:
                return ParallelMerge.Concat(inputs);
            case StochasticDepth op:
                (double shortcut, double branch) = op.InferenceFactors;
                return ParallelMerge.Sum(Times(inputs[0], shortcut), Times(inputs[1], branch));
            default:
                return LinearOps.Read(_model, node).IsMerged(out LinearMap? own, out MergeRefusal? refusal)
                    ? SequentialMerge.Compose(inputs[0], own)
                    : MergeResult.Refuse(refusal.Rule, refusal.Reason);
        }
    }

    private static LinearMap Times(LinearMap map, double factor) =>
        factor == 1 ? map : ChannelScaling.After(map, ChannelAffine.Uniform(map.OutChannels, factor));
}
