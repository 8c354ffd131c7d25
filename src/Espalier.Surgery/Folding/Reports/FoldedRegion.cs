using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A merge that was made.</summary>
/// <param name="Nodes">The merged nodes, in graph order. Those that other nodes read also remain in the graph.</param>
/// <param name="Source">The node that the merged nodes start from.</param>
/// <param name="Into">The layer that replaces them, or the source if none is needed.</param>
/// <param name="Transforms">The transforms that the merge consists of.</param>
/// <param name="Before">The cost of the removed nodes.</param>
/// <param name="After">The cost of the new layer.</param>
public sealed record FoldedRegion(ValueList<string> Nodes, string Source, string Into, ValueList<MergeTransform> Transforms, MergeCost Before, MergeCost After)
{
    /// <summary>The norms among the nodes with a variance below their ε; see <see cref="IllConditionedNorm"/>.</summary>
    public ValueList<string> IllConditioned { get; init; } = [];

    /// <summary>The effect on zeros of pruning masks, or <see langword="null"/> if no layers are merged with each other or none of them has a mask.</summary>
    public MergedZeros? Zeros { get; init; }

    /// <summary>The merge as text: <c>conv1, bn1 into conv1 (BatchNorm)</c>.</summary>
    public override string ToString()
    {
        string caution = IllConditioned.Count == 0 ? "" : $"; ill-conditioned: {IllConditioned} has a variance below its epsilon";
        string zeros = Zeros is null ? "" : $"; {Zeros}";
        return $"{Nodes} into {Into} ({Transforms}{caution}{zeros})";
    }
}
