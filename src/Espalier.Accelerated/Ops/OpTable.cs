using System.Diagnostics;
using Espalier.Graphs;

namespace Espalier.Accelerated;

/// <summary>The table from op to its form on a device.</summary>
internal static class OpTable
{
    /// <summary>Prepares a node for inference, or for training where the op computes the same there.</summary>
    internal static DeviceOp Create(Device device, Graph graph, Node node) => node.Op.Type switch
    {
        OpType.Conv2d => new ConvolutionOp(device, graph, node),
        OpType.Linear => new LinearOp(device, graph, node),
        OpType.Activation => new ActivationDeviceOp(device, graph, node),
        OpType.Add => new AddOp(device, graph, node),
        OpType.BatchNorm or OpType.Affine => new ChannelNormOp(device, graph, node),
        OpType.GroupNorm or OpType.LayerNorm => new SampleNormOp(device, graph, node),
        OpType.LocalResponseNorm => new LocalResponseNormOp(device, graph, node),
        OpType.PRelu => new PReluOp(device, graph, node),
        OpType.Softmax or OpType.RadixSoftmax => new SoftmaxOp(device, graph, node),
        OpType.Multiply => new MultiplyOp(device, graph, node),
        OpType.Quantize => new QuantizeOp(device, graph, node),
        OpType.ChannelConv1d => new ChannelConvolutionOp(device, graph, node),
        OpType.StochasticDepth => new StochasticDepthOp(device, graph, node),
        OpType.Flatten => new CopyOp(device, graph, node),
        OpType.ChannelSlice or OpType.PadChannels => new ChannelRangeOp(device, graph, node),
        OpType.Concat => new ConcatOp(device, graph, node),
        OpType.ChannelShuffle => new ChannelShuffleOp(device, graph, node),
        OpType.MaxPool or OpType.AdaptiveMaxPool => new MaxPoolOp(device, graph, node),
        OpType.AveragePool or OpType.AdaptiveAveragePool or OpType.BlurPool or OpType.Pad => new WeightedWindowOp(device, graph, node),
        OpType.Input or OpType.Dropout => throw new UnreachableException($"{node.Op.Kind} is not computed."),
    };

    /// <summary>Prepares a node for training.</summary>
    /// <param name="device">The device.</param>
    /// <param name="graph">The network.</param>
    /// <param name="node">The node.</param>
    /// <param name="isFrozen">Whether a batch norm uses its running statistics.</param>
    internal static DeviceOp CreateForTraining(Device device, Graph graph, Node node, bool isFrozen) =>
        node.Op is BatchNorm && !isFrozen ? new TrainedBatchNormOp(device, graph, node)
        : node.Op is Dropout ? new TrainedDropoutOp(device, graph, node)
        : node.Op is StochasticDepth ? new TrainedStochasticDepthOp(device, graph, node)
        : Create(device, graph, node);
}
