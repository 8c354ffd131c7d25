using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The effect of a merge on the zero weights of pruned layers. A weight of the merged layer is zero only if it is zero in all branches, so the zeros of separately pruned branches mostly disappear.</summary>
/// <param name="Masked">The number of masked weights of the layers before the merge.</param>
/// <param name="Parts">The number of weights of the layers before the merge.</param>
/// <param name="Weights">The number of weights of the merged layer.</param>
/// <param name="Left">The number of zero weights of the merged layer.</param>
public readonly record struct MergedZeros(long Masked, long Parts, long Weights, long Left)
{
    /// <summary>The fraction of masked weights of the largest of the layers.</summary>
    public double LargestSparsity { get; init; }

    /// <summary>Whether the merged layer is less sparse than the largest of the layers before the merge. It is not if the branches have their zeros at the same kernel positions and channels.</summary>
    public bool FillsIn => (double)Left / Weights < LargestSparsity;

    /// <summary>Counts the zeros if several layers are merged and at least one of them has a mask; otherwise returns <see langword="null"/>.</summary>
    internal static MergedZeros? Of(Model model, LinearRegion region, LinearMap map)
    {
        Node[] layers = [.. region.Nodes.Where(node => node.Op is Conv2d or Linear)];
        if (layers.Length < 2)
        {
            return null;
        }

        long masked = layers.Sum(layer => Removed(model, layer));
        if (masked == 0)
        {
            return null;
        }

        Node largest = layers.MaxBy(layer => layer.Op.Parameters[0].Shape.Count)!;
        return new MergedZeros(masked, layers.Sum(layer => layer.Op.Parameters[0].Shape.Count), map.Weight.Length, map.Weight.LongCount(weight => weight == 0))
        {
            LargestSparsity = (double)Removed(model, largest) / largest.Op.Parameters[0].Shape.Count,
        };
    }

    /// <summary>The figures as text: <c>masks removed 1,200 of its parts' 1,500 weights, 400 of its 900 are zero</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"masks removed {Masked:N0} of its parts' {Parts:N0} weights, {Left:N0} of its {Weights:N0} are zero");

    private static long Removed(Model model, Node layer)
    {
        long removed = 0;
        Tensor? mask = model.Parameters[layer.Parameter("weight")].Mask;
        foreach (float kept in mask is null ? [] : mask.To(ElementType.Float32).Read<float>())
        {
            removed += kept == 0 ? 1 : 0;
        }

        return removed;
    }
}
