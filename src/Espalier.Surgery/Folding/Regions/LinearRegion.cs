using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The nodes on the paths from a source to a root, all of which are linear.</summary>
/// <param name="Source">The node at which all paths start; it is not part of the region.</param>
/// <param name="Root">The node whose output is the output of the region.</param>
/// <param name="Nodes">The nodes in reverse topological order, root first.</param>
internal sealed record LinearRegion(string Source, Node Root, IReadOnlyList<Node> Nodes)
{
    /// <summary>The number of sources that are tried for one root. Published blocks have fewer than ten. A longer chain is merged in pieces, in time proportional to its length.</summary>
    private const int MostSources = 64;

    /// <summary>The index of each node in graph order.</summary>
    internal static IReadOnlyDictionary<string, int> Order(Graph graph) =>
        graph.Nodes.Select((node, i) => (node.Name, i)).ToDictionary(StringComparer.Ordinal);

    /// <summary>The regions that end at <paramref name="root"/>, nearest source first; at most <see cref="MostSources"/>.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="order">The index of each node in graph order.</param>
    /// <param name="root">A node with a linear op.</param>
    internal static IEnumerable<LinearRegion> EndingAt(Graph graph, IReadOnlyDictionary<string, int> order, Node root)
    {
        var nodes = new List<Node> { root };
        var frontier = new SortedSet<int>(root.Inputs.Select(input => order[input]));
        for (int sources = 0; sources < MostSources;)
        {
            Node latest = graph.Nodes[frontier.Max];
            if (frontier.Count == 1)
            {
                sources++;
                yield return new LinearRegion(latest.Name, root, [.. nodes]);
            }

            // The last node of the frontier is not an input of another frontier node, so all nodes that read it are in the region.
            if (!LinearOps.IsLinear(latest.Op) || latest.Inputs.Count == 0)
            {
                yield break;
            }

            frontier.Remove(frontier.Max);
            nodes.Add(latest);
            frontier.UnionWith(latest.Inputs.Select(input => order[input]));
        }
    }

    /// <summary>The nodes that can be removed when the nodes that read the root read another node instead.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="kept">Nodes that other merges will read.</param>
    internal HashSet<string> Dying(Graph graph, HashSet<string> kept)
    {
        var dying = new HashSet<string>(StringComparer.Ordinal) { Root.Name };
        foreach (Node node in Nodes.Skip(1))
        {
            if (!kept.Contains(node.Name) && !graph.Outputs.Contains(node.Name) && graph.UsersOf(node.Name).All(user => dying.Contains(user.Name)))
            {
                dying.Add(node.Name);
            }
        }

        return dying;
    }
}
