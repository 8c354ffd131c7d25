using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Takes dropout out of a network that will only be used for inference, where it does nothing.</summary>
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

    /// <summary>Where its input is a result of the network as well, it needs a node of its own: a slice of all channels passes them on as they are.</summary>
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
