using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The training plan's table from op to layer, which defines the backward passes. Forward passes that are the same as at inference are in <see cref="ForwardTable"/>.</summary>
internal static class LayerTable
{
    internal static TrainingLayer Create(LayerContext context) => context.Op.Type switch
    {
        OpType.Input => new InputLayer(context.Name, context.Output),
        OpType.Conv2d => Convolution(context, (Conv2d)context.Op),
        OpType.ChannelConv1d => new ChannelConv1dLayer(context.Name, context.Input, context.Output, context.State.Get(context.Node, "weight")),
        OpType.Linear => new LinearLayer(
            context.Name, context.Input, context.Output, context.State.Get(context.Node, "weight"), context.State.Find(context.Node, "bias"), FilterTransform.Of(context.Node, context.State)),
        OpType.BatchNorm => BatchNorm(context, (BatchNorm)context.Op),
        OpType.GroupNorm => GroupNorm(context, (GroupNorm)context.Op),
        OpType.LayerNorm => LayerNorm(context, (LayerNorm)context.Op),
        OpType.LocalResponseNorm => new LocalResponseNormLayer(context.Name, context.Input, context.Output, context.Calls(), Geometry.Of((LocalResponseNorm)context.Op)),
        OpType.Affine => new AffineLayer(context.Name, context.Input, context.Output, context.State.Get(context.Node, "weight"), context.State.Find(context.Node, "bias")),
        OpType.Activation => new ActivationLayer(context.Name, context.Input, context.Output, context.Calls(), ((ActivationOp)context.Op).Activation),
        OpType.Quantize => new QuantizeLayer(context.Name, context.Input, context.Output, context.State.Get(context.Node, "scale"), context.State.Buffer(context.Node, "zero_point")!),
        OpType.PRelu => new PReluLayer(context.Name, context.Input, context.Output, context.State.Get(context.Node, "weight")),
        OpType.Softmax => new SoftmaxLayer(context.Name, context.Input, context.Output, context.Calls()),
        OpType.RadixSoftmax => new RadixSoftmaxLayer(context.Name, context.Input, context.Output, context.Calls(), ((RadixSoftmax)context.Op).Radix),
        OpType.MaxPool => new PoolLayer(context.Name, context.Input, context.Output, context.Calls(), Geometry.Of((MaxPool)context.Op), true),
        OpType.AveragePool => new PoolLayer(context.Name, context.Input, context.Output, context.Calls(), Geometry.Of((AveragePool)context.Op), false),
        OpType.AdaptiveAveragePool => new PoolLayer(context.Name, context.Input, context.Output, context.Calls(), null, false),
        OpType.AdaptiveMaxPool => new PoolLayer(context.Name, context.Input, context.Output, context.Calls(), null, true),
        OpType.BlurPool => new BlurPoolLayer(context.Name, context.Input, context.Output, context.Calls()),
        OpType.Add => new AddLayer(context.Name, context.Inputs, context.Output, context.Calls()),
        OpType.Multiply => new MultiplyLayer(context.Name, context.Inputs[0], context.Inputs[1], context.Output, context.Calls()),
        OpType.Concat or OpType.ChannelSlice or OpType.ChannelShuffle or OpType.PadChannels =>
            new ChannelLayer(context.Name, context.Inputs, context.Output, context.Calls(), ChannelSources.Of(context.Op, context.Layouts)),
        OpType.Pad => Pad(context, (Pad)context.Op),
        OpType.Flatten => new FlattenLayer(context.Name, context.Input, context.Output, context.Calls()),
        OpType.Dropout => new DropoutLayer(context.Node, context.Input, context.Output),
        OpType.StochasticDepth => new StochasticDepthLayer(context.Node, context.Inputs[0], context.Inputs[1], context.Output),
    };

    private static TrainingLayer Pad(LayerContext context, Pad op) => op.Mode.IsRepeated()
        ? new EdgePadLayer(context.Name, context.Input, context.Output, op.Mode, op.Padding)
        : new PadLayer(context.Name, context.Input, context.Output, op.Padding, op.Mode == PaddingMode.Zero ? null : context.State.Buffer(context.Node, "value"));

    private static GroupNormLayer GroupNorm(LayerContext context, GroupNorm op) =>
        new(context.Name, context.Input, context.Output, op.Groups, op.Epsilon, context.State.Get(context.Node, "weight"), context.State.Get(context.Node, "bias"));

    private static LayerNormLayer LayerNorm(LayerContext context, LayerNorm op) =>
        new(context.Name, context.Input, context.Output, op.Epsilon, context.State.Get(context.Node, "weight"), context.State.Get(context.Node, "bias"));

    private static TrainingLayer BatchNorm(LayerContext context, BatchNorm op)
    {
        Node node = context.Node;
        (TrainingParameter? weight, TrainingParameter? bias) = (context.State.Find(node, "weight"), context.State.Find(node, "bias"));
        BatchNormBuffers? buffers = op.RunningStatistics
            ? new(context.State.Buffer(node, "running_mean")!, context.State.Buffer(node, "running_var")!, context.State.Buffer(node, "num_batches_tracked"), op.Momentum)
            : null;
        TrainingValue? residual = context.Group.Residual is null ? null : context.Inputs[1];
        return context.IsFrozen
            ? new FrozenNormLayer(context.Name, context.Input, context.Output, op.Epsilon, weight, bias, buffers!)
            : new BatchNormLayer(context.Name, context.Input, residual, context.Output, context.Group.Relu, op.Epsilon, weight, bias, buffers,
                context.Statistics is null ? null : (context.Statistics, context.Batch));
    }

    private static ConvolutionLayer Convolution(LayerContext context, Conv2d op)
    {
        ConvolutionProblem problem = Geometry.Problem(op, context.Input.Layout, context.Output.Layout) with { UsualBatch = context.Batch };
        return new ConvolutionLayer(
            context.Name, context.Input, context.Output, problem, context.State.Get(context.Node, "weight"), context.State.Find(context.Node, "bias"),
            context.InstructionSet, context.ConvolutionKernels, FilterTransform.Of(context.Node, context.State));
    }
}
