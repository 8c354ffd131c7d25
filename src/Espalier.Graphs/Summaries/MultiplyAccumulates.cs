namespace Espalier.Graphs;

/// <summary>Counts the multiply-accumulates (MACs) of one sample, as published tables do.</summary>
public static class MultiplyAccumulates
{
    /// <summary>MACs of a convolution or linear layer; 0 for other ops (the papers do not count norms, activations, pools and biases).</summary>
    public static long Of(Graph graph, Node node)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        return node.Op switch
        {
            Conv2d conv => checked(graph.ShapeOf(node.Name).Count * (conv.InChannels / conv.Groups) * conv.Kernel.Area),
            Linear linear => checked((long)linear.InFeatures * linear.OutFeatures),
            _ => 0,
        };
    }

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
