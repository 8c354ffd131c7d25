using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Steps with a few numbers as parameters: norms, parametric ReLU, padding, convolutions along the channels, stochastic depth.</summary>
internal static class FactorSteps
{
    // Only batch norms and affine ops that were not fused into a convolution get here, as in pre-activation networks.
    internal static Step ScaleAndShift(LoweringContext context)
    {
        (PlanValue x, PlanValue y, Activation activation) = (context.Input, context.Output, context.Activation);
        ChannelAffine affine = ChannelAffine.Of(context.Model, context.Group.Node);
        float[] scale = LoweringContext.Padded(Array.ConvertAll(affine.Scale, number => (float)number), x.Layout);
        float[] shift = LoweringContext.Padded(Array.ConvertAll(affine.Shift, number => (float)number), x.Layout);
        return context.Step("scale and shift", ForwardKernels.ScaleAndShift(activation, scale, shift, x.Layout, y.Layout));
    }

    internal static Step GroupNorm(LoweringContext context, GroupNorm op)
    {
        (PlanValue x, PlanValue y, Activation activation) = (context.Input, context.Output, context.Activation);
        float[] weight = context.PaddedParameter("weight");
        float[] bias = context.PaddedParameter("bias");
        return context.Step(op.Kind, ForwardKernels.GroupNorm(activation, op.Groups, weight, bias, op.Epsilon, x.Layout, y.Layout));
    }

    internal static Step LayerNorm(LoweringContext context, LayerNorm op)
    {
        (PlanValue x, PlanValue y, Activation activation) = (context.Input, context.Output, context.Activation);
        float[] weight = context.PaddedParameter("weight");
        float[] bias = context.PaddedParameter("bias");
        return context.Step(op.Kind, ForwardKernels.LayerNorm(activation, weight, bias, op.Epsilon, x.Layout, y.Layout));
    }

    internal static Step Pad(LoweringContext context, Pad op) => context.Step(op.Kind, op.Mode.IsRepeated()
        ? ForwardKernels.EdgePad(op.Mode, op.Padding, context.Input.Layout, context.Output.Layout)
        : ForwardKernels.Pad(op.Padding, BorderValues(context, op), context.Input.Layout, context.Output.Layout));

    private static float[] BorderValues(LoweringContext context, Pad op) =>
        op.Mode == PaddingMode.Zero ? new float[context.Input.Layout.PaddedChannels] : context.PaddedParameter("value");

    internal static Step PRelu(LoweringContext context, PRelu op)
    {
        float[] slopes = new float[context.Input.Layout.PaddedChannels];
        ForwardKernels.Spread(context.Parameter("weight"), context.Input.Layout.Channels, slopes);
        return context.Step(op.Kind, ForwardKernels.PRelu(slopes, context.Input.Layout, context.Output.Layout));
    }

    internal static Step ChannelConv1d(LoweringContext context, ChannelConv1d op) =>
        context.Step(op.Kind, ForwardKernels.ChannelConv1d([.. context.Parameter("weight")], context.Input.Layout, context.Output.Layout));

    internal static Step StochasticDepth(LoweringContext context, StochasticDepth op)
    {
        (double shortcut, double branch) = op.InferenceFactors;
        return context.Step("weighted sum", ForwardKernels.WeightedSum(
            context.Activation, context.Inputs[0].Layout, (float)shortcut, context.Inputs[1].Layout, (float)branch, context.Output.Layout));
    }
}
