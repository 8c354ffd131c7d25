using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The dominators of each node: the nodes that lie on every path from an input to it. In an acyclic graph one sweep finds them (Cooper, Harvey, Kennedy 2001, "A simple, fast dominance algorithm").</summary>
internal sealed class Dominators
{
    private readonly Graph _graph;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly int[] _above; // the immediate dominator of each node; −1 for none

    internal Dominators(Graph graph)
    {
        _graph = graph;
        _above = new int[graph.Nodes.Length];
        for (int i = 0; i < _above.Length; i++)
        {
            Node node = graph.Nodes[i];
            _places.Add(node.Name, i);
            _above[i] = node.Inputs.Count == 0 ? -1 : node.Inputs.Select(PlaceOf).Aggregate(Meet);
        }
    }

    /// <summary>The node's index in graph order.</summary>
    internal int PlaceOf(string name) => _places[name];

    /// <summary>The nearest common dominator of two nodes, which can be one of the two; <see langword="null"/> if there is none.</summary>
    internal string? Meet(string a, string b) => Meet(PlaceOf(a), PlaceOf(b)) is int place and >= 0 ? _graph.Nodes[place].Name : null;

    private int Meet(int a, int b)
    {
        while (a != b)
        {
            if (a > b)
            {
                a = _above[a];
            }
            else
            {
                b = _above[b];
            }
        }

        return a;
    }
}
