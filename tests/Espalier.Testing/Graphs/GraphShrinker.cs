using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>Makes a graph that fails a test as small as it can be while it still fails, so that the failure can be understood.</summary>
/// <remarks>
/// It tries, again and again until nothing helps: to end at an earlier node, to begin at a later one, to leave out a node of one input
/// whose shape it keeps, to drop a branch of a sum or concatenation, and to make the input smaller. What cannot be built is passed over.
/// </remarks>
public static class GraphShrinker
{
    /// <summary>The smallest graph found for which <paramref name="fails"/> is true, as it must be for <paramref name="graph"/>.</summary>
    public static Graph Shrink(Graph graph, Func<Graph, bool> fails)
    {
        ArgumentNullException.ThrowIfNull(fails);
        Assert.True(fails(graph), "there is nothing to shrink: the graph does not fail");
        while (Smaller(graph).FirstOrDefault(fails) is Graph smaller)
        {
            graph = smaller;
        }

        return graph;
    }

    /// <summary>Graphs with less in them, boldest first.</summary>
    private static IEnumerable<Graph> Smaller(Graph graph) =>
        Ends(graph).Concat(Starts(graph)).Concat(WithoutBranch(graph)).Concat(WithoutNode(graph)).Concat(SmallerInputs(graph)).OfType<Graph>();

    private static IEnumerable<Graph?> Ends(Graph graph) =>
        graph.Nodes.Where(node => node.Op is not Input && (graph.Outputs.Count > 1 || node.Name != graph.Outputs[0])).Select(node => Build(graph.Nodes, [node.Name]));

    private static IEnumerable<Graph?> Starts(Graph graph) =>
        graph.Nodes.Reverse().Where(node => node.Op is not Input && !graph.Outputs.Contains(node.Name)).Select(start => Build(
            graph.Nodes.Where(node => node.Op is not Input).Select(node => node == start ? new Node(node.Name, new Input(graph.ShapeOf(node.Name)), []) : node),
            graph.Outputs));

    private static IEnumerable<Graph?> WithoutBranch(Graph graph) =>
        from node in graph.Nodes
        where node.Inputs.Count > 1 && node.Op is Add or Concat
        from branch in Enumerable.Range(0, node.Inputs.Count)
        let rest = ValueList.From(node.Inputs.Where((_, i) => i != branch))
        select rest.Count == 1 ? Bypass(graph, node, rest[0]) : Build(graph.Nodes.Select(other => other == node ? node with { Inputs = rest } : other), graph.Outputs);

    private static IEnumerable<Graph?> WithoutNode(Graph graph) =>
        from node in graph.Nodes
        from input in node.Inputs
        where graph.ShapeOf(input) == graph.ShapeOf(node.Name)
        select Bypass(graph, node, input);

    private static IEnumerable<Graph?> SmallerInputs(Graph graph)
    {
        Shape shape = graph.ShapeOf(graph.Input.Name);
        for (int axis = 1; axis < shape.Rank; axis++)
        {
            int[] extents = [.. shape];
            extents[axis]--;
            yield return extents[axis] == 0 ? null : Try(() => graph.WithInput(Shape.Of(extents)));
        }
    }

    private static Graph? Bypass(Graph graph, Node node, string input)
    {
        string Swap(string name) => name == node.Name ? input : name;
        return Build(
            graph.Nodes.Where(other => other != node).Select(other => other with { Inputs = ValueList.From(other.Inputs.Select(Swap)) }),
            ValueList.From(graph.Outputs.Select(Swap)));
    }

    /// <summary>The graph of what the outputs need, if there can be one.</summary>
    private static Graph? Build(IEnumerable<Node> nodes, ValueList<string> outputs)
    {
        Node[] all = [.. nodes];
        var needed = new HashSet<string>(outputs, StringComparer.Ordinal);
        foreach (Node node in all.Reverse())
        {
            if (needed.Contains(node.Name))
            {
                needed.UnionWith(node.Inputs);
            }
        }

        return Try(() => new Graph(all.Where(node => needed.Contains(node.Name)), outputs));
    }

    private static Graph? Try(Func<Graph> build)
    {
        try
        {
            Graph graph = build();
            return graph.Nodes.Count(node => node.Op is Input) == 1 ? graph : null;
        }
        catch (GraphException)
        {
            return null;
        }
    }
}
