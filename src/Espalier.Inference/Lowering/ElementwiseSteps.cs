using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Steps that treat each number by itself.</summary>
internal static class ElementwiseSteps
{
    internal static Step Activation(LoweringContext context, ActivationOp op)
    {
        (PlanValue x, PlanValue y, Activation activation) = (context.Input, context.Output, op.Activation);
        return context.Step(op.Kind, (arena, part, parts) =>
            ElementwiseKernel.Activate(arena[x], x.Layout, activation, arena[y], y.Layout, arena.Batch, part, parts));
    }

    // A sum of more than two inputs adds one after the other onto the output; only the last addition applies the activation.
    internal static Step Add(LoweringContext context)
    {
        (PlanValue[] inputs, PlanValue y, Activation activation) = (context.Inputs, context.Output, context.Activation);
        return context.Step("add", (arena, part, parts) =>
        {
            PlanValue left = inputs[0];
            for (int i = 1; i < inputs.Length; i++)
            {
                Activation last = i == inputs.Length - 1 ? activation : Tensors.Activation.None;
                ElementwiseKernel.Add(arena[left], left.Layout, arena[inputs[i]], inputs[i].Layout, last, arena[y], y.Layout, arena.Batch, part, parts);
                left = y;
            }
        });
    }

    internal static Step Multiply(LoweringContext context)
    {
        (PlanValue a, PlanValue b, PlanValue y, Activation activation) = (context.Inputs[0], context.Inputs[1], context.Output, context.Activation);
        return context.Step("multiply", (arena, part, parts) =>
            ElementwiseKernel.Multiply(arena[a], a.Layout, arena[b], b.Layout, activation, arena[y], y.Layout, arena.Batch, part, parts));
    }

    internal static Step StochasticDepth(LoweringContext context, StochasticDepth op)
    {
        (PlanValue a, PlanValue b, PlanValue y, Activation activation) = (context.Inputs[0], context.Inputs[1], context.Output, context.Activation);
        (float shortcut, float branch) = ((float)op.InferenceFactors.Shortcut, (float)op.InferenceFactors.Branch);
        return context.Step("weighted sum", (arena, part, parts) =>
            ElementwiseKernel.WeightedSum(arena[a], a.Layout, shortcut, arena[b], b.Layout, branch, activation, arena[y], y.Layout, arena.Batch, part, parts));
    }
}
