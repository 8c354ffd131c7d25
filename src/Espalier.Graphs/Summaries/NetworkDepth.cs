namespace Espalier.Graphs;

/// <summary>How deep a network is.</summary>
public static class NetworkDepth
{
    /// <summary>
    /// The most layers with weights (convolutions and linear layers) on a path from input to output: 50 for ResNet-50, since a
    /// projection shortcut is shorter than the branch it goes round.
    /// </summary>
    public static int Of(Graph graph) => Of(graph, _ => true);

    /// <summary>The same, counting only the nodes that <paramref name="counts"/> accepts by name: the depth of a part.</summary>
    public static int Of(Graph graph, Func<string, bool> counts)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(counts);
        var depths = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Node node in graph.Nodes)
        {
            int before = node.Inputs.Count == 0 ? 0 : node.Inputs.Max(input => depths[input]);
            depths[node.Name] = before + (node.Op is Conv2d or Linear && counts(node.Name) ? 1 : 0);
        }

        return depths.Values.Max();
    }
}
