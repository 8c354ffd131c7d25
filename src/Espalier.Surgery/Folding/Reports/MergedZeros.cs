using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>What became of the zeros of pruned layers that were merged with others. A weight of the merged layer is zero only where no branch has one: the zeros of branches that were pruned each for itself fill in.</summary>
/// <param name="Masked">Weights that masks removed from the layers.</param>
/// <param name="Parts">Weights of the layers.</param>
/// <param name="Weights">Weights of the merged layer.</param>
/// <param name="Left">How many of those are zero.</param>
public readonly record struct MergedZeros(long Masked, long Parts, long Weights, long Left)
{
    /// <summary>The share of its weights that the largest of the layers had lost to its mask.</summary>
    public double LargestSparsity { get; init; }

    /// <summary>Whether the merged layer is less sparse than the largest of the layers was; where the branches share their zeros, it is not.</summary>
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

    /// <summary><c>masks removed 1,200 of its parts' 1,500 weights, 400 of its 900 are zero</c>.</summary>
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
