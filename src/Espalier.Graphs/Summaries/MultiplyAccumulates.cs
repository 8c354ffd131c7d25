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
}
