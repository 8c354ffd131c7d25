using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Pools of 8-bit integers.</summary>
internal static class IntegerPoolSteps
{
    internal static Step Max(IntegerCall call, MaxPool op)
    {
        (PlanValue x, PlanValue y, byte zeroPoint, PoolGeometry geometry) = (call.Input.Value, call.Output, call.Point.ZeroPoint, Geometry.Of(op));
        return call.Step("8-bit max pool", (arena, part, parts) =>
            IntegerMaps.MaxPool(geometry, zeroPoint, arena.Integers(x), x.Layout, arena.Integers(y), y.Layout, arena.Batch, part, parts));
    }

    internal static Step AdaptiveMax(IntegerCall call)
    {
        (PlanValue x, PlanValue y, byte zeroPoint) = (call.Input.Value, call.Output, call.Point.ZeroPoint);
        return call.Step("8-bit adaptive max pool", (arena, part, parts) =>
            IntegerMaps.AdaptiveMaxPool(zeroPoint, arena.Integers(x), x.Layout, arena.Integers(y), y.Layout, arena.Batch, part, parts));
    }

    internal static Step Average(IntegerCall call, AveragePool op)
    {
        (PlanValue x, PlanValue y, QuantizationPoint from, float scale, Requantization to) = (call.Input.Value, call.Output, call.Input.Point, Scale(call), call.Rounding);
        PoolGeometry geometry = Geometry.Of(op);
        return call.Step("8-bit average pool", (arena, part, parts) => IntegerMaps.AveragePool(
            geometry, from.ZeroPoint, from.Scale, scale, to, arena.Integers(x), x.Layout, arena.Integers(y), y.Layout, arena.Batch, part, parts));
    }

    internal static Step AdaptiveAverage(IntegerCall call)
    {
        (PlanValue x, PlanValue y, QuantizationPoint from, float scale, Requantization to) = (call.Input.Value, call.Output, call.Input.Point, Scale(call), call.Rounding);
        return call.Step("8-bit adaptive average pool", (arena, part, parts) => IntegerMaps.AdaptiveAveragePool(
            from.ZeroPoint, from.Scale, scale, to, arena.Integers(x), x.Layout, arena.Integers(y), y.Layout, arena.Batch, part, parts));
    }

    // The factor is least for the most pixels, so that of one pixel decides whether all fit.
    private static float Scale(IntegerCall call)
    {
        _ = IntegerFactor.Of((double)call.Input.Point.Scale / call.Point.Scale, call.Body);
        return call.Point.Scale;
    }
}
