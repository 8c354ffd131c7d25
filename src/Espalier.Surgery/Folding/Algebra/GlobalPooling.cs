namespace Espalier.Surgery;

/// <summary>The mean over all pixels and a map that treats all pixels alike may change places.</summary>
public static class GlobalPooling
{
    /// <summary>The map as it stands behind the global average pooling that followed it: mean(W·x + b) = W·mean(x) + b.</summary>
    public static MergeResult MoveBehind(LinearMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return map.IsPointwise
            ? map
            : MergeResult.Refuse(MergeRule.GlobalPool, $"a {map.Kernel} kernel with stride {map.Stride} and padding {map.Padding} does not see every pixel alike");
    }
}
