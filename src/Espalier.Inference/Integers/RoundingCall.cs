using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Rounds a value in floating point to 8 bits.</summary>
/// <param name="Node">The rounding.</param>
/// <param name="Point">Its scale and zero point.</param>
/// <param name="Input">The value; <see langword="null"/> for the call's input itself.</param>
/// <param name="Output">The place of the integers.</param>
internal sealed record RoundingCall(Node Node, QuantizationPoint Point, PlanValue? Input, PlanValue Output) : ILowering
{
    /// <inheritdoc/>
    public Step Lower() => new(Node.Name, Input is null ? "8-bit input" : "8-bit quantize", Input is null ? [] : [Input], Output, Input is null ? OfInput() : OfValue(Input));

    private StepWork OfInput()
    {
        (PlanValue y, float scale, Requantization to, Node node) = (Output, Point.Scale, Requantization.To(Point.Scale, Point.ZeroPoint), Node);
        return (arena, part, parts) =>
        {
            ReadOnlySpan<float> numbers = arena.Input!.Read<float>();
            RequireNumbers(node, numbers, part, parts);
            IntegerMaps.QuantizePlanar(numbers, scale, to, arena.Integers(y), y.Layout, arena.Batch, part, parts);
        };
    }

    private StepWork OfValue(PlanValue x)
    {
        (PlanValue y, float scale, Requantization to, Node node) = (Output, Point.Scale, Requantization.To(Point.Scale, Point.ZeroPoint), Node);
        return (arena, part, parts) =>
        {
            RequireNumbers(node, arena, x, part, parts);
            IntegerMaps.Quantize(arena[x], x.Layout, scale, to, arena.Integers(y), y.Layout, arena.Batch, part, parts);
        };
    }

    // Of a part of a concat only its own blocks: the other parts of the concat may not be written yet.
    private static void RequireNumbers(Node node, Arena arena, PlanValue x, int part, int parts)
    {
        (int first, int end) = WorkSplit.Range(arena.Batch, part, parts);
        for (int image = first; image < end; image++)
        {
            RequireNumbers(node, arena[x].Slice(image * x.Layout.Length, x.Layout.LengthOf(1)), 0, 1);
        }
    }

    // 8 bits have no NaN, so that one would become an ordinary number.
    private static void RequireNumbers(Node node, ReadOnlySpan<float> numbers, int part, int parts)
    {
        (int first, int end) = WorkSplit.Range(numbers.Length, part, parts);
        if (NonFinite.HasNaN(numbers[first..end]))
        {
            throw new EspalierException($"'{node.Name}' cannot round to 8 bits: a value of '{node.Inputs[0]}' is NaN.");
        }
    }
}
