namespace Espalier.Graphs;

/// <summary>Cuts a network into consecutive segments, each a network whose input is the output of the previous one.</summary>
internal static class GraphSegments
{
    /// <summary>Cuts a network wherever a single value connects the nodes before and after, so that segments have similar amounts of work.</summary>
    /// <param name="graph">A network with one input.</param>
    /// <param name="most">Maximum number of segments.</param>
    /// <returns>Graphs of the network's own nodes; their inputs have the name of the node that they replace.</returns>
    public static IReadOnlyList<Graph> Of(Graph graph, int most)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        long share = Math.Max(1, MultiplyAccumulates.Of(graph) / most);
        var segments = new List<Graph>();
        var nodes = new List<Node> { graph.Input };
        long work = 0;
        foreach ((Node node, string? cut) in graph.Nodes.Zip(Cuts(graph)).Where(each => each.First != graph.Input))
        {
            nodes.Add(node);
            work += MultiplyAccumulates.Of(graph, node);
            if (cut is not null && work >= share)
            {
                segments.Add(new Graph(nodes, [cut]));
                nodes = [new Node(cut, new Input(graph.ShapeOf(cut)), [])];
                work = 0;
            }
        }

        segments.Add(new Graph(nodes, graph.Outputs));
        return segments;
    }

    /// <summary>For each node the only value that later nodes read, or <see langword="null"/> where there are several or none.</summary>
    private static IEnumerable<string?> Cuts(Graph graph)
    {
        var order = graph.Nodes.Index().ToDictionary(each => each.Item.Name, each => each.Index, StringComparer.Ordinal);
        var live = new HashSet<string>(StringComparer.Ordinal);
        foreach ((int place, Node node) in graph.Nodes.Index())
        {
            live.Add(node.Name);
            live.RemoveWhere(name => !graph.Outputs.Contains(name) && graph.UsersOf(name).All(user => order[user.Name] <= place));
            yield return live.Count == 1 && place < graph.Nodes.Length - 1 && live.First() != graph.Input.Name ? live.First() : null;
        }
    }
}
