namespace Espalier.Graphs;

/// <summary>How many multiply-accumulates (MACs) a node takes for one sample, as published tables count them.</summary>
public static class MultiplyAccumulates
{
    /// <summary>MACs of convolutions and linear layers; 0 for everything else (norms, activations, pools and biases are not counted by the papers).</summary>
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
