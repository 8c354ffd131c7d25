using Espalier.Execution;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>The step that lays the call's input out.</summary>
internal static class InputSteps
{
    internal static Step Input(LoweringContext context)
    {
        PlanValue y = context.Output;
        return context.Step("input", (arena, part, parts) =>
            LayoutKernel.ToBlocked(arena.Input!.Read<float>(), arena[y], y.Layout, arena.Batch, part, parts));
    }
}
