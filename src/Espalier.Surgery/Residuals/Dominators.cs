using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Which nodes every path to a node passes. In a graph without circles one sweep finds them (Cooper, Harvey, Kennedy 2001, "A simple, fast dominance algorithm").</summary>
internal sealed class Dominators
{
    private readonly Graph _graph;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly int[] _above; // the last node before each that all paths pass; −1 for none

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

    /// <summary>The node's place in the graph's order.</summary>
    internal int PlaceOf(string name) => _places[name];

    /// <summary>The last node that all paths to both pass, which may be one of the two; <see langword="null"/> where there is none.</summary>
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
