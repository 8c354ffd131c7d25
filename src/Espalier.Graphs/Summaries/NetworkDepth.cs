namespace Espalier.Graphs;

/// <summary>Computes the depth of networks.</summary>
internal static class NetworkDepth
{
    /// <summary>
    /// The largest number of layers with weights (convolutions and linear layers) on a path from input to output: 50 for ResNet-50, where a
    /// projection shortcut is shorter than the branch it bypasses.
    /// </summary>
    public static int Of(Graph graph) => Of(graph, _ => true);

    /// <summary>The same, counting only nodes whose names <paramref name="counts"/> accepts: the depth of a part.</summary>
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
