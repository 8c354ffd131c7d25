using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>The training plan's table from op to layer: what differentiation is.</summary>
internal static class LayerTable
{
    internal static TrainingLayer Create(LayerContext context) => context.Node.Op switch
    {
        Input => new InputLayer(context.Name, context.Output),
        Conv2d op => Convolution(context, op),
        Linear => new LinearLayer(context.Name, context.Input, context.Output, context.State.Get(context.Node, "weight"), context.State.Find(context.Node, "bias")),
        BatchNorm op => BatchNorm(context, op),
        GroupNorm op => new GroupNormLayer(
            context.Name, context.Input, context.Output, op.Groups, op.Epsilon, context.State.Get(context.Node, "weight"), context.State.Get(context.Node, "bias")),
        ActivationOp op => new ActivationLayer(context.Name, context.Input, context.Output, op.Activation),
        Softmax => new SoftmaxLayer(context.Name, context.Input, context.Output),
        MaxPool op => new PoolLayer(context.Name, context.Input, context.Output, Geometry.Of(op), true),
        AveragePool op => new PoolLayer(context.Name, context.Input, context.Output, Geometry.Of(op), false),
        AdaptiveAveragePool => new PoolLayer(context.Name, context.Input, context.Output, null, false),
        Add => new AddLayer(context.Name, context.Inputs, context.Output),
        Multiply => new MultiplyLayer(context.Name, context.Inputs[0], context.Inputs[1], context.Output),
        Concat => new ChannelLayer(context.Name, context.Inputs, context.Output, [.. context.Inputs.Select(input => Enumerable.Range(0, input.Layout.Channels).ToArray())]),
        ChannelSlice op => OfChannels(context, Enumerable.Range(op.Start, op.Count)),
        ChannelShuffle op => OfChannels(context, op.Sources(context.Input.Layout.Channels)),
        PadChannels op => OfChannels(
            context, [.. Enumerable.Repeat(ChannelKernel.Zero, op.Before), .. Enumerable.Range(0, context.Input.Layout.Channels), .. Enumerable.Repeat(ChannelKernel.Zero, op.After)]),
        Pad op => new PadLayer(context.Name, context.Input, context.Output, op.Padding, context.State.Buffer(context.Node, "value")!),
        Flatten => new FlattenLayer(context.Name, context.Input, context.Output),
        Dropout => new DropoutLayer(context.Node, context.Input, context.Output),
        StochasticDepth => new StochasticDepthLayer(context.Node, context.Inputs[0], context.Inputs[1], context.Output),
        _ => throw new NotSupportedException($"The training plan cannot differentiate {context.Node.Op.Kind}."),
    };

    private static ChannelLayer OfChannels(LayerContext context, IEnumerable<int> sources) => new(context.Name, [context.Input], context.Output, [[.. sources]]);

    private static TrainingLayer BatchNorm(LayerContext context, BatchNorm op)
    {
        Node node = context.Node;
        (TrainingParameter weight, TrainingParameter bias) = (context.State.Get(node, "weight"), context.State.Get(node, "bias"));
        var buffers = new BatchNormBuffers(
            context.State.Buffer(node, "running_mean")!, context.State.Buffer(node, "running_var")!, context.State.Buffer(node, "num_batches_tracked"), op.Momentum);
        TrainingValue? residual = context.Group.Residual is null ? null : context.Inputs[1];
        return context.IsFrozen
            ? new FrozenNormLayer(context.Name, context.Input, context.Output, op.Epsilon, weight, bias, buffers)
            : new BatchNormLayer(context.Name, context.Input, residual, context.Output, context.Group.Relu, op.Epsilon, weight, bias, buffers);
    }

    private static ConvolutionLayer Convolution(LayerContext context, Conv2d op)
    {
        ConvolutionProblem problem = Geometry.Problem(op, context.Input.Layout, context.Output.Layout) with { UsualBatch = context.Batch };
        return new ConvolutionLayer(
            context.Name, context.Input, context.Output, problem, context.State.Get(context.Node, "weight"), context.State.Find(context.Node, "bias"),
            context.InstructionSet, context.ConvolutionKernels);
    }
}
