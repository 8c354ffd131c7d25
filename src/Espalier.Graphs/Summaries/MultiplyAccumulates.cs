using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>How many multiply-accumulates (MACs) a node takes for one sample, as published tables count them.</summary>
public static class MultiplyAccumulates
{
    /// <summary>MACs of convolutions and linear layers; 0 for everything else (norms, activations, pools and biases are not counted by the papers).</summary>
    public static long Of(Graph graph, Node node)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        return node.Op.Type switch
        {
            OpType.Conv2d => OfConvolution(graph.ShapeOf(node.Name), (Conv2d)node.Op),
            OpType.Linear => OfLinear((Linear)node.Op),
            OpType.Input or OpType.BatchNorm or OpType.GroupNorm or OpType.Activation or OpType.Softmax or OpType.Add or OpType.Multiply or OpType.Concat
                or OpType.StochasticDepth or OpType.Dropout or OpType.Flatten or OpType.MaxPool or OpType.AveragePool or OpType.AdaptiveAveragePool
                or OpType.Pad or OpType.PadChannels or OpType.ChannelSlice or OpType.ChannelShuffle => 0,
        };
    }

    private static long OfConvolution(Shape result, Conv2d op) => checked(result.Count * (op.InChannels / op.Groups) * op.Kernel.Area);

    private static long OfLinear(Linear op) => checked((long)op.InFeatures * op.OutFeatures);

    /// <summary>MACs of a whole network.</summary>
    public static long Of(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Nodes.Sum(node => Of(graph, node));
    }

    /// <summary>The MACs of a node whose weight is not zero: what is left to do for a computer that skips every zero.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="node">One of its nodes.</param>
    /// <param name="nonZeros">The numbers of each parameter that are not zero, by its name (<see cref="NonZeros.ByParameter"/>).</param>
    public static long Effective(Graph graph, Node node, IReadOnlyDictionary<string, long> nonZeros)
    {
        ArgumentNullException.ThrowIfNull(nonZeros);
        long dense = Of(graph, node);
        // Every weight meets every place of the map once, so MACs are in proportion to weights, and the division leaves no rest.
        return dense == 0 ? 0 : checked(dense / node.Op.Parameters[0].Shape.Count * nonZeros[node.Parameter("weight")]);
    }
}
