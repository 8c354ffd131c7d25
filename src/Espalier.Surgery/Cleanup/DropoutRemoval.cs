using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Removes dropout from a network for inference, where it is the identity.</summary>
public sealed class DropoutRemoval : Pass
{
    /// <inheritdoc/>
    public override string Name => "remove dropout";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Exact;

    /// <inheritdoc/>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Graph graph = model.Graph;
        HashSet<string> results = new(graph.Outputs.Where(name => graph[name].Op is not Dropout), StringComparer.Ordinal);
        return new PassPlan(
            [.. graph.Nodes.Where(node => node.Op is Dropout).Select(node => graph.Outputs.Contains(node.Name) && !results.Add(Source(graph, node)) ? Keep(graph, node) : Remove(node))],
            []);
    }

    private static Patch Remove(Node node) => new Patch($"{node.Name} away").Redirect(node.Name, node.Inputs[0]);

    /// <summary>Replaces a dropout by a slice of all channels if its input is also an output of the network, because two outputs need two nodes.</summary>
    private static Patch Keep(Graph graph, Node node) => new Patch($"{node.Name} passes on").Put(node with { Op = new ChannelSlice(0, graph.ShapeOf(node.Name)[0]) });

    private static string Source(Graph graph, Node node)
    {
        while (node.Op is Dropout)
        {
            node = graph[node.Inputs[0]];
        }

        return node.Name;
    }
}
