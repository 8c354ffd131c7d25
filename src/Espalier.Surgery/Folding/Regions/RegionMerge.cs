using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The merge of one region into one layer.</summary>
/// <param name="Region">The report of the merge.</param>
/// <param name="Patch">The patch that replaces the region by one layer.</param>
/// <param name="Dying">The nodes that are removed.</param>
/// <param name="HasBorder">Whether the layer needs a pad op before it.</param>
internal sealed record RegionMerge(FoldedRegion Region, Patch Patch, HashSet<string> Dying, bool HasBorder)
{
    /// <summary>Computes the map of a region and decides whether to replace the region by it; returns <see langword="null"/> if not.</summary>
    /// <param name="model">The model.</param>
    /// <param name="region">A region of the model.</param>
    /// <param name="kept">Nodes that other merges will read.</param>
    /// <param name="options">The options of the folding.</param>
    /// <param name="refusal">The reason why the region is not merged, or <see langword="null"/>.</param>
    internal static RegionMerge? Try(Model model, LinearRegion region, HashSet<string> kept, LinearFoldingOptions options, out MergeRefusal? refusal)
    {
        ValueList<string> nodes = ValueList.From(region.Nodes.Reverse().Select(node => node.Name));
        if (!options.Always && ChainRefusal(model.Graph, region, kept) is MergeRefusal tooLong)
        {
            refusal = At(tooLong, nodes, region);
            return null;
        }

        if (!RegionMap.Of(model, region).IsMerged(out LinearMap? map, out refusal))
        {
            refusal = At(refusal, nodes, region);
            return null;
        }

        bool isVector = model.Graph.ShapeOf(region.Root.Name).Rank == 1; // a linear layer has no groups
        map = isVector ? map : GroupConversion.Narrow(map);
        HashSet<string> dying = region.Dying(model.Graph, kept);
        MergeCost before = MergeCost.Of(model.Graph, region.Nodes.Where(node => dying.Contains(node.Name)));
        MergeCost after = MergeCost.Of(map, model.Graph.ShapeOf(region.Root.Name));
        if (CostRefusal(model.Graph, region, dying, map, before, after, options) is MergeRefusal tooMuch)
        {
            refusal = At(tooMuch, nodes, region);
            return null;
        }

        string name = MergeNaming.NameFor(model.Graph, region, dying);
        var folded = new FoldedRegion(nodes, region.Source, map.IsIdentity ? region.Source : name, RegionTransforms.Of(region), before, after)
        {
            IllConditioned = ValueList.From(region.Nodes.Reverse().Where(node => IllConditionedNorm.Find(model, node) is not null).Select(node => node.Name)),
            Zeros = MergedZeros.Of(model, region, map),
        };
        return new RegionMerge(folded, MapWriter.Write(model, map, region, name, folded.ToString()), dying, map.HasBorder);
    }

    private static MergeRefusal At(MergeRefusal refusal, ValueList<string> nodes, LinearRegion region) =>
        refusal with { Reason = $"{refusal.Reason} (merging {nodes} from '{region.Source}')" };

    /// <summary>The refusals that are known before the weights are multiplied, which takes by far the most time.</summary>
    private static MergeRefusal? ChainRefusal(Graph graph, LinearRegion region, HashSet<string> kept)
    {
        if (MergeCost.OfChain(graph, region) is not MergeCost after)
        {
            return null;
        }

        HashSet<string> dying = region.Dying(graph, kept);
        MergeCost before = MergeCost.Of(graph, region.Nodes.Where(node => dying.Contains(node.Name)));
        return after.IsAtMost(before) ? null : new MergeRefusal(MergeRule.Cost, $"one layer would take at least {after} instead of {before}");
    }

    /// <summary>Refuses merges that cost too much. Folding terminates because each merge leaves fewer nodes, or the same number with fewer operations.</summary>
    private static MergeRefusal? CostRefusal(Graph graph, LinearRegion region, HashSet<string> dying, LinearMap map, MergeCost before, MergeCost after, LinearFoldingOptions options)
    {
        if (map.IsIdentity && graph.Outputs.Contains(region.Source) && graph.Outputs.Contains(region.Root.Name))
        {
            return new MergeRefusal(MergeRule.Cost, $"it is equal to '{region.Source}', and both are outputs of the network");
        }

        if (after.Bytes / sizeof(float) > MapSizeException.MostWeights)
        {
            return new MergeRefusal(MergeRule.Cost, $"one layer would take {after}, and at most {MapSizeException.MostWeights} weights are multiplied out");
        }

        int nodes = MapWriter.NodesFor(map);
        if (nodes > dying.Count || (nodes == dying.Count && after.Operations >= before.Operations))
        {
            return new MergeRefusal(MergeRule.Cost, $"it would not reduce the number of nodes, because {region.Nodes.Count - dying.Count} of them are also read by other nodes");
        }

        return options.Always || after.IsAtMost(before) ? null : new MergeRefusal(MergeRule.Cost, $"one layer would take {after} instead of {before}");
    }
}
