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
        _ => throw new NotImplementedException(node.Op.Kind),
    };

    /// <summary>Prepares a node for training.</summary>
    /// <param name="device">The device.</param>
    /// <param name="graph">The network.</param>
    /// <param name="node">The node.</param>
    /// <param name="isFrozen">Whether a batch norm uses its running statistics.</param>
    internal static DeviceOp CreateForTraining(Device device, Graph graph, Node node, bool isFrozen) => node.Op switch
    {
        BatchNorm when !isFrozen => throw new NotImplementedException("TrainedBatchNormOp"),
        Dropout => new TrainedDropoutOp(device, graph, node),
        StochasticDepth => new TrainedStochasticDepthOp(device, graph, node),
        _ => Create(device, graph, node),
    };
}
