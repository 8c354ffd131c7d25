using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Says which transforms the merge of a region consists of.</summary>
internal static class RegionTransforms
{
    internal static ValueList<MergeTransform> Of(LinearRegion region)
    {
        var found = new SortedSet<MergeTransform>(region.Nodes.SelectMany(node => Of(node.Op)));
        if (HasSequence(region))
        {
            found.Add(MergeTransform.Sequence);
        }

        if (region.Nodes.Any(node => LinearOps.IsJoin(node.Op)) && Kernels(region).Distinct().Count() > 1)
        {
            found.Add(MergeTransform.MultiScale);
        }

        return ValueList.From(found);
    }

    private static MergeTransform[] Of(Op op) => op switch
    {
        BatchNorm => [MergeTransform.BatchNorm],
        Add => [MergeTransform.ParallelSum],
        StochasticDepth => [MergeTransform.ParallelSum, MergeTransform.StochasticDepth],
        Concat => [MergeTransform.Concatenation],
        AveragePool => [MergeTransform.AveragePool],
        PadChannels or ChannelSlice or ChannelShuffle => [MergeTransform.ChannelSelection],
        Pad => [MergeTransform.BorderValue],
        _ => [],
    };

    private static IEnumerable<Size> Kernels(LinearRegion region) =>
        region.Nodes.Where(node => IsKernel(node.Op)).Select(node => node.Op switch
        {
            Conv2d conv => conv.Kernel,
            AveragePool pool => pool.Kernel,
            _ => 1,
        });

    /// <summary>Whether a path through the region has two kernels.</summary>
    private static bool HasSequence(LinearRegion region)
    {
        var depths = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Node node in region.Nodes.Reverse())
        {
            depths[node.Name] = node.Inputs.Max(input => depths.GetValueOrDefault(input)) + (IsKernel(node.Op) ? 1 : 0);
        }

        return depths.Values.Max() > 1;
    }

    private static bool IsKernel(Op op) => op is Conv2d or Linear or AveragePool;
}
