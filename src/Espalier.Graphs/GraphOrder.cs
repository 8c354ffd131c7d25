using System.Collections.Immutable;

namespace Espalier.Graphs;

/// <summary>Sorts nodes topologically.</summary>
internal static class GraphOrder
{
    /// <summary>A stable topological order: of the nodes whose inputs are done, the one given first comes next (Kahn 1962).</summary>
    /// <exception cref="GraphException">A name is used twice or missing, or there is a cycle.</exception>
    internal static ImmutableArray<Node> Sort(IEnumerable<Node> nodes)
    {
        Node[] given = [.. nodes];
        Dictionary<string, int> index = Index(given);
        var waitsFor = new int[given.Length];
        var readers = new List<int>[given.Length];
        for (int i = 0; i < given.Length; i++)
        {
            waitsFor[i] = given[i].Inputs.Count;
            foreach (string input in given[i].Inputs)
            {
                if (!index.TryGetValue(input, out int source))
                {
                    GraphException.Throw(given[i].Name, $"reads '{input}', but there is no such node");
                }

                (readers[source] ??= []).Add(i);
            }
        }

        var ready = new PriorityQueue<int, int>(Enumerable.Range(0, given.Length).Where(i => waitsFor[i] == 0).Select(i => (i, i)));
        var sorted = ImmutableArray.CreateBuilder<Node>(given.Length);
        while (ready.TryDequeue(out int next, out _))
        {
            sorted.Add(given[next]);
            foreach (int reader in readers[next] ?? [])
            {
                if (--waitsFor[reader] == 0)
                {
                    ready.Enqueue(reader, reader);
                }
            }
        }

        if (sorted.Count < given.Length)
        {
            ThrowCircle(given, index, waitsFor);
        }

        return sorted.MoveToImmutable();
    }

    private static void ThrowCircle(Node[] given, Dictionary<string, int> index, int[] waitsFor)
    {
        // Each remaining node reads another remaining one, so following inputs ends in a cycle.
        var walk = new List<int>();
        int at = Array.FindIndex(waitsFor, waits => waits > 0);
        while (!walk.Contains(at))
        {
            walk.Add(at);
            at = given[at].Inputs.Select(input => index[input]).First(input => waitsFor[input] > 0);
        }

        IEnumerable<string> circle = walk[walk.IndexOf(at)..].Append(at).Select(i => given[i].Name);
        GraphException.Throw(given[at].Name, $"nodes read each other in a circle: {string.Join(" reads ", circle)}");
    }

    private static Dictionary<string, int> Index(Node[] nodes)
    {
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < nodes.Length; i++)
        {
            if (ScopeName.Fault(nodes[i].Name) is string fault)
            {
                GraphException.Throw("graph", fault);
            }

            if (!index.TryAdd(nodes[i].Name, i))
            {
                GraphException.Throw(nodes[i].Name, "the name is used by two nodes");
            }
        }

        return index;
    }
}
