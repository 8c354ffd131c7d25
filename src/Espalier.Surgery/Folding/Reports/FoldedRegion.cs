using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A merge that was made.</summary>
/// <param name="Nodes">The nodes that it multiplies out, in the order of the network. Those that others read stay as well.</param>
/// <param name="Source">The node they begin at.</param>
/// <param name="Into">The layer that does their work now, or the source where nothing is left to do.</param>
/// <param name="Transforms">What the merge is made of.</param>
/// <param name="Before">What the nodes that went cost.</param>
/// <param name="After">What the layer costs.</param>
public sealed record FoldedRegion(ValueList<string> Nodes, string Source, string Into, ValueList<MergeTransform> Transforms, MergeCost Before, MergeCost After)
{
    /// <summary>The norms among the nodes that have a variance below their ε; see <see cref="IllConditionedNorm"/>.</summary>
    public ValueList<string> IllConditioned { get; init; } = [];

    /// <summary>What became of the zeros of pruning masks, or <see langword="null"/> where no layers are merged with each other or none has a mask.</summary>
    public MergedZeros? Zeros { get; init; }

    /// <summary><c>conv1, bn1 into conv1 (BatchNorm)</c>.</summary>
    public override string ToString()
    {
        string caution = IllConditioned.Count == 0 ? "" : $"; ill-conditioned: {IllConditioned} has a variance below its epsilon";
        string zeros = Zeros is null ? "" : $"; {Zeros}";
        return $"{Nodes} into {Into} ({Transforms}{caution}{zeros})";
    }
}
