using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Nodes between a source and a root through which every path is linear.</summary>
/// <param name="Source">What all of them begin at; not one of them.</param>
/// <param name="Root">The node whose result is the region's.</param>
/// <param name="Nodes">The nodes, root first, each before what it reads.</param>
internal sealed record LinearRegion(string Source, Node Root, IReadOnlyList<Node> Nodes)
{
    /// <summary>How many sources are tried for one root. Published blocks have fewer than ten; a longer chain merges piece by piece, and takes a time in proportion to its length.</summary>
    private const int MostSources = 64;

    /// <summary>Each node's place in the graph's order.</summary>
    internal static IReadOnlyDictionary<string, int> Order(Graph graph) =>
        graph.Nodes.Select((node, i) => (node.Name, i)).ToDictionary(StringComparer.Ordinal);

    /// <summary>The regions that end at <paramref name="root"/>, nearest source first, and no more than that are worth trying.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="order">Each node's place in the graph's order.</param>
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

            // The latest node of the frontier is no input of another, so everything that reads it is in the region by now.
            if (!LinearOps.IsLinear(latest.Op) || latest.Inputs.Count == 0)
            {
                yield break;
            }

            frontier.Remove(frontier.Max);
            nodes.Add(latest);
            frontier.UnionWith(latest.Inputs.Select(input => order[input]));
        }
    }

    /// <summary>The nodes that nobody needs once the root's readers read something else.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="kept">Nodes that other merges are going to read.</param>
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
