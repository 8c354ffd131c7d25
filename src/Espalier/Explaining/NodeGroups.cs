using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The nodes of a network in groups, each of which is measured in a run of its own, so that few values are in memory at once.</summary>
internal static class NodeGroups
{
    /// <summary>The usual number of elements of one group for all images of a batch: 64 MiB.</summary>
    internal const long UsualBudget = 1 << 24;

    /// <summary>All nodes but inputs in graph order, in groups that fit into a budget with one image; a larger node is a group of its own.</summary>
    internal static IReadOnlyList<IReadOnlyList<Node>> Of(Graph graph, long budget)
    {
        var groups = new List<List<Node>>();
        long left = 0;
        foreach (Node node in graph.Nodes.Where(node => node.Op is not Input))
        {
            long size = graph.ShapeOf(node.Name).Count;
            if (groups.Count == 0 || size > left)
            {
                groups.Add([]);
                left = budget;
            }

            groups[^1].Add(node);
            left -= size;
        }

        return groups;
    }

    /// <summary>The number of images whose values of any group fit into the budget; at least 1.</summary>
    internal static int BatchOf(Graph graph, IReadOnlyList<IReadOnlyList<Node>> groups, long budget, int most) =>
        (int)Math.Clamp(budget / groups.Max(group => group.Sum(node => graph.ShapeOf(node.Name).Count)), 1, most);

    /// <summary>The part of a model that computes some nodes, which are its outputs.</summary>
    internal static Model Part(Model model, IReadOnlyList<Node> outputs)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>(outputs.Select(node => node.Name));
        while (pending.TryPop(out string? name))
        {
            if (needed.Add(name))
            {
                foreach (string input in model.Graph[name].Inputs)
                {
                    pending.Push(input);
                }
            }
        }

        var part = new Graph(model.Graph.Nodes.Where(node => needed.Contains(node.Name)), ValueList.From(outputs.Select(node => node.Name)));
        HashSet<string> parameters = [.. part.Parameters.Select(parameter => parameter.Key)];
        return new Model(part, model.Parameters.Where(parameters.Contains), ModelMetadata.None);
    }
}
