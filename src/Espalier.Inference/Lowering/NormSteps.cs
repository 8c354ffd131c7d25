using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Steps that normalise.</summary>
internal static class NormSteps
{
    // Only a batch norm that no convolution could take in gets here, as in pre-activation networks.
    internal static Step BatchNorm(LoweringContext context)
    {
        (PlanValue x, PlanValue y, Activation activation) = (context.Input, context.Output, context.Activation);
        ChannelAffine affine = ChannelAffine.OfBatchNorm(context.Model, context.Group.Node);
        float[] scale = LoweringContext.Padded(Array.ConvertAll(affine.Scale, number => (float)number), x.Layout);
        float[] shift = LoweringContext.Padded(Array.ConvertAll(affine.Shift, number => (float)number), x.Layout);
        return context.Step("scale and shift", (arena, part, parts) =>
            ElementwiseKernel.ScaleAndShift(arena[x], x.Layout, scale, shift, activation, arena[y], y.Layout, arena.Batch, part, parts));
    }

    internal static Step GroupNorm(LoweringContext context, GroupNorm op)
    {
        (PlanValue x, PlanValue y, Activation activation) = (context.Input, context.Output, context.Activation);
        float[] weight = context.PaddedParameter("weight");
        float[] bias = context.PaddedParameter("bias");
        return context.Step(op.Kind, (arena, part, parts) =>
            GroupNormKernel.Run(arena[x], x.Layout, op.Groups, weight, bias, (float)op.Epsilon, activation, arena[y], y.Layout, arena.Batch, part, parts));
    }

    internal static Step Softmax(LoweringContext context, Softmax op)
    {
        (PlanValue x, PlanValue y) = (context.Input, context.Output);
        return context.Step(op.Kind, (arena, part, parts) =>
            SoftmaxKernel.Run(arena[x], x.Layout, arena[y], y.Layout, arena.Batch, part, parts));
    }
}
