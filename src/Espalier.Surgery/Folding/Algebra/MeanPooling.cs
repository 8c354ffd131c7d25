using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>A mean over pixels and a map that treats all pixels alike may change places.</summary>
internal static class MeanPooling
{
    /// <summary>Whether the op takes means whose weights sum to 1 in every window: global and adaptive average pooling, and windows that count no padding.</summary>
    public static bool IsMean(Op op) =>
        op is AdaptiveAveragePool || (op is AveragePool pool && (pool.Padding.IsNone || !pool.CountIncludePad));

    /// <summary>The map as it stands behind the averaging pool that followed it: mean(W·x + b) = W·mean(x) + b.</summary>
    public static MergeResult MoveBehind(LinearMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return map.IsPointwise
            ? map
            : MergeResult.Refuse(MergeRule.MeanPool, $"a {map.Kernel} kernel with stride {map.Stride} and padding {map.Padding} does not see every pixel alike");
    }
}
