using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Finds the transforms that the merge of a region consists of.</summary>
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

    private static MergeTransform[] Of(Op op) => op.Type switch
    {
        OpType.BatchNorm => [MergeTransform.BatchNorm],
        OpType.Affine => [MergeTransform.Affine],
        OpType.Add => [MergeTransform.ParallelSum],
        OpType.StochasticDepth => [MergeTransform.ParallelSum, MergeTransform.StochasticDepth],
        OpType.Concat => [MergeTransform.Concatenation],
        OpType.AveragePool => [MergeTransform.AveragePool],
        OpType.PadChannels or OpType.ChannelSlice or OpType.ChannelShuffle => [MergeTransform.ChannelSelection],
        OpType.Pad => [MergeTransform.BorderValue],
        OpType.Conv2d or OpType.Linear => [], // the layers that the other ops are merged into
        OpType.Input or OpType.GroupNorm or OpType.LayerNorm or OpType.LocalResponseNorm or OpType.Quantize or OpType.Activation or OpType.Softmax or OpType.Multiply
            or OpType.Dropout or OpType.Flatten or OpType.MaxPool or OpType.AdaptiveAveragePool or OpType.AdaptiveMaxPool or OpType.BlurPool
            or OpType.ChannelConv1d or OpType.PRelu or OpType.RadixSoftmax => [],
    };

    private static IEnumerable<Size> Kernels(LinearRegion region) =>
        region.Nodes.Select(node => LinearOps.KernelOf(node.Op)).OfType<Size>();

    /// <summary>Whether a path through the region contains at least two kernels.</summary>
    private static bool HasSequence(LinearRegion region)
    {
        var depths = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Node node in region.Nodes.Reverse())
        {
            depths[node.Name] = node.Inputs.Max(input => depths.GetValueOrDefault(input)) + (LinearOps.KernelOf(node.Op) is null ? 0 : 1);
        }

        return depths.Values.Max() > 1;
    }
}
