using System.Diagnostics;
using Espalier.Execution;
using Espalier.Graphs;

namespace Espalier.Inference;

/// <summary>The inference plan's table from op to step. What training computes in the same way is in <see cref="ForwardTable"/>.</summary>
internal static class StepTable
{
    internal static Step Lower(LoweringContext context) => context.Op.Type switch
    {
        OpType.Input => InputSteps.Input(context),
        OpType.Conv2d => ConvolutionSteps.Convolution(context, (Conv2d)context.Op),
        OpType.ChannelConv1d => FactorSteps.ChannelConv1d(context, (ChannelConv1d)context.Op),
        OpType.PRelu => FactorSteps.PRelu(context, (PRelu)context.Op),
        OpType.Linear => ConvolutionSteps.Linear(context, (Linear)context.Op),
        OpType.BatchNorm or OpType.Affine => FactorSteps.ScaleAndShift(context),
        OpType.GroupNorm => FactorSteps.GroupNorm(context, (GroupNorm)context.Op),
        OpType.LayerNorm => FactorSteps.LayerNorm(context, (LayerNorm)context.Op),
        OpType.Pad => FactorSteps.Pad(context, (Pad)context.Op),
        OpType.StochasticDepth => FactorSteps.StochasticDepth(context, (StochasticDepth)context.Op),
        OpType.Concat => ConcatSteps.Concat(context),
        OpType.Activation or OpType.Softmax or OpType.Add or OpType.Multiply or OpType.Flatten or OpType.MaxPool or OpType.AveragePool
            or OpType.AdaptiveAveragePool or OpType.AdaptiveMaxPool or OpType.BlurPool or OpType.RadixSoftmax or OpType.ChannelSlice or OpType.ChannelShuffle
            or OpType.PadChannels or OpType.LocalResponseNorm => context.Step(context.Op.Kind, context.Calls()),
        OpType.Quantize => throw new UnreachableException($"'{context.Group.Node.Name}' is a rounding, whose step is of 8-bit integers."),
        OpType.Dropout => throw new NotSupportedException($"'{context.Group.Node.Name}' is a dropout, which a pass removes before."),
    };
}
