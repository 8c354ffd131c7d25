using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Makes floats of integers, for steps in floating point and outputs.</summary>
/// <param name="Name">The value's name.</param>
/// <param name="Input">The integers.</param>
/// <param name="Output">The place of the floats.</param>
internal sealed record DequantizationCall(string Name, IntegerInput Input, PlanValue Output) : ILowering
{
    /// <inheritdoc/>
    public Step Lower()
    {
        (PlanValue x, PlanValue y, QuantizationPoint from) = (Input.Value, Output, Input.Point);
        return new Step(Name, "dequantize", [x], y, (arena, part, parts) =>
            IntegerMaps.Dequantize(arena.Integers(x), x.Layout, from.Scale, from.ZeroPoint, arena[y], y.Layout, arena.Batch, part, parts));
    }
}
