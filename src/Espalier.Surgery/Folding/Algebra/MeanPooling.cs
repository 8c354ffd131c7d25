using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Average pools and pointwise maps commute: a map that computes every pixel in the same way can be moved after an average pool.</summary>
internal static class MeanPooling
{
    /// <summary>Whether the op is an average pool whose weights sum to 1 in every window: global and adaptive average pooling, and average pooling that does not count padding.</summary>
    public static bool IsMean(Op op) =>
        op is AdaptiveAveragePool || (op is AveragePool pool && (pool.Padding.IsNone || !pool.CountIncludePad));

    /// <summary>Moves a map after the average pool that follows it: mean(W·x + b) = W·mean(x) + b.</summary>
    public static MergeResult MoveBehind(LinearMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return map.IsPointwise
            ? map
            : MergeResult.Refuse(MergeRule.MeanPool, $"a {map.Kernel} kernel with stride {map.Stride} and padding {map.Padding} does not compute every pixel in the same way");
    }
}
