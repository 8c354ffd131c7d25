using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Counts the multiply-accumulates (MACs) of one sample, as published tables do.</summary>
public static class MultiplyAccumulates
{
    /// <summary>MACs of a convolution or linear layer; 0 for other ops (the papers do not count norms, activations, pools and biases).</summary>
    public static long Of(Graph graph, Node node)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        return node.Op.Type switch
        {
            OpType.Conv2d => OfConvolution(graph.ShapeOf(node.Name), (Conv2d)node.Op),
            OpType.ChannelConv1d => checked(graph.ShapeOf(node.Name).Count * ((ChannelConv1d)node.Op).Kernel),
            OpType.Linear => OfLinear((Linear)node.Op),
            OpType.Input or OpType.BatchNorm or OpType.GroupNorm or OpType.LayerNorm or OpType.LocalResponseNorm or OpType.Affine or OpType.Quantize or OpType.Activation or OpType.Softmax or OpType.Add or OpType.Multiply or OpType.Concat
                or OpType.StochasticDepth or OpType.Dropout or OpType.Flatten or OpType.MaxPool or OpType.AveragePool or OpType.AdaptiveAveragePool
                or OpType.AdaptiveMaxPool or OpType.BlurPool or OpType.PRelu or OpType.RadixSoftmax
                or OpType.Pad or OpType.PadChannels or OpType.ChannelSlice or OpType.ChannelShuffle => 0,
        };
    }

    private static long OfConvolution(Shape result, Conv2d op) => checked(result.Count * (op.InChannels / op.Groups) * op.Kernel.Area);

    private static long OfLinear(Linear op) => checked((long)op.InFeatures * op.OutFeatures);

    /// <summary>MACs of a whole network, for one sample.</summary>
    public static long Of(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Nodes.Sum(node => Of(graph, node));
    }

    /// <summary>MACs of a node with non-zero weights only.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="node">One of its nodes.</param>
    /// <param name="nonZeros">Number of non-zero elements of each parameter, by name (<see cref="NonZeros.ByParameter"/>).</param>
    public static long Effective(Graph graph, Node node, IReadOnlyDictionary<string, long> nonZeros)
    {
        ArgumentNullException.ThrowIfNull(nonZeros);
        long dense = Of(graph, node);
        // Every weight is used once per output pixel, so MACs are proportional to weights, and the division is exact.
        return dense == 0 ? 0 : checked(dense / node.Op.Parameters[0].Shape.Count * nonZeros[node.Parameter("weight")]);
    }
}
