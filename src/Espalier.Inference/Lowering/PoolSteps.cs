using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Steps that pool over windows.</summary>
internal static class PoolSteps
{
    internal static Step Max(LoweringContext context, MaxPool op)
    {
        (PlanValue x, PlanValue y, PoolGeometry geometry) = (context.Input, context.Output, Geometry.Of(op));
        return context.Step(op.Kind, (arena, part, parts) =>
            PoolKernel.Max(arena[x], x.Layout, geometry, arena[y], y.Layout, arena.Batch, part, parts));
    }

    internal static Step Average(LoweringContext context, AveragePool op)
    {
        (PlanValue x, PlanValue y, PoolGeometry geometry) = (context.Input, context.Output, Geometry.Of(op));
        return context.Step(op.Kind, (arena, part, parts) =>
            PoolKernel.Average(arena[x], x.Layout, geometry, arena[y], y.Layout, arena.Batch, part, parts));
    }

    internal static Step AdaptiveAverage(LoweringContext context)
    {
        (PlanValue x, PlanValue y) = (context.Input, context.Output);
        return context.Step("adaptive_average_pool", (arena, part, parts) =>
            PoolKernel.AdaptiveAverage(arena[x], x.Layout, arena[y], y.Layout, arena.Batch, part, parts));
    }
}
