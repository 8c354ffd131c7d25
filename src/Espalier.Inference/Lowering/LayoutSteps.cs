using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Steps that move numbers without changing them.</summary>
internal static class LayoutSteps
{
    internal static Step Input(LoweringContext context)
    {
        PlanValue y = context.Output;
        return context.Step("input", (arena, part, parts) =>
            LayoutKernel.ToBlocked(arena.Input!.Read<float>(), arena[y], y.Layout, arena.Batch, part, parts));
    }

    internal static Step Flatten(LoweringContext context)
    {
        (PlanValue x, PlanValue y) = (context.Input, context.Output);
        return context.Step("flatten", (arena, part, parts) =>
            LayoutKernel.Flatten(arena[x], x.Layout, arena[y], y.Layout, arena.Batch, part, parts));
    }

    internal static Step Pad(LoweringContext context, Pad op)
    {
        (PlanValue x, PlanValue y, Padding padding) = (context.Input, context.Output, op.Padding);
        float[] values = context.PaddedParameter("value");
        return context.Step(op.Kind, (arena, part, parts) =>
            BorderKernel.Pad(arena[x], x.Layout, arena[y], y.Layout, padding, values, arena.Batch, part, parts));
    }
}
