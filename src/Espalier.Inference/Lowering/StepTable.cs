using Espalier.Execution;
using Espalier.Graphs;

namespace Espalier.Inference;

/// <summary>The inference plan's table from op to step.</summary>
internal static class StepTable
{
    internal static Step Lower(LoweringContext context) => context.Group.Node.Op switch
    {
        Input => LayoutSteps.Input(context),
        Conv2d op => ConvolutionSteps.Convolution(context, op),
        Linear op => ConvolutionSteps.Linear(context, op),
        BatchNorm => NormSteps.BatchNorm(context),
        GroupNorm op => NormSteps.GroupNorm(context, op),
        Softmax op => NormSteps.Softmax(context, op),
        Graphs.ActivationOp op => ElementwiseSteps.Activation(context, op),
        Add => ElementwiseSteps.Add(context),
        Multiply => ElementwiseSteps.Multiply(context),
        StochasticDepth op => ElementwiseSteps.StochasticDepth(context, op),
        MaxPool op => PoolSteps.Max(context, op),
        AveragePool op => PoolSteps.Average(context, op),
        AdaptiveAveragePool => PoolSteps.AdaptiveAverage(context),
        Flatten => LayoutSteps.Flatten(context),
        Concat => ChannelSteps.Concat(context),
        ChannelSlice op => ChannelSteps.Slice(context, op),
        ChannelShuffle op => ChannelSteps.Shuffle(context, op),
        PadChannels op => ChannelSteps.Pad(context, op),
        Pad op => LayoutSteps.Pad(context, op),
        _ => throw new NotSupportedException($"The inference plan has no step for {context.Group.Node.Op.Kind}."),
    };
}
