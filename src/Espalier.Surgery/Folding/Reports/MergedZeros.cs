using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The effect of a merge on zeros of pruned layers. A weight of the merged layer is zero only where it is zero in all branches, so zeros of branches pruned separately mostly disappear.</summary>
/// <param name="Masked">Number of masked weights of the layers.</param>
/// <param name="Parts">Number of weights of the layers.</param>
/// <param name="Weights">Number of weights of the merged layer.</param>
/// <param name="Left">Number of zero weights of the merged layer.</param>
public readonly record struct MergedZeros(long Masked, long Parts, long Weights, long Left)
{
    /// <summary>The fraction of masked weights of the largest of the layers.</summary>
    public double LargestSparsity { get; init; }

    /// <summary>Whether the merged layer is less sparse than the largest of the layers was; it is not if the branches share their zeros.</summary>
    public bool FillsIn => (double)Left / Weights < LargestSparsity;

    /// <summary>Counts them, where several layers are merged and one of them has a mask.</summary>
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
