namespace Espalier.Onnx;

/// <summary>Sorts the nodes of an ONNX graph, which should be sorted already.</summary>
internal static class NodeOrder
{
    /// <summary>The nodes in a topological order; those that are in one keep it.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="file">The file, for errors.</param>
    /// <param name="given">Names of values that no node computes.</param>
    /// <exception cref="Tensors.MalformedInputException">A value is computed twice or by no node, or nodes read each other in a circle.</exception>
    internal static List<OnnxNode> Sort(List<OnnxNode> nodes, OnnxFile file, HashSet<string> given)
    {
        var writers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (string output in nodes[i].Outputs.Where(output => output.Length > 0))
            {
                if (given.Contains(output) || !writers.TryAdd(output, i))
                {
                    throw file.Malformed($"the value '{OnnxFile.Shown(output)}' is computed by {nodes[i]}, but it has that name already");
                }
            }
        }

        var waits = new int[nodes.Count];
        var readers = new List<int>?[nodes.Count];
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (string input in nodes[i].Inputs.Where(input => input.Length > 0 && !given.Contains(input)))
            {
                if (!writers.TryGetValue(input, out int writer))
                {
                    throw file.Malformed($"{nodes[i]} reads '{OnnxFile.Shown(input)}', which nothing computes");
                }

                waits[i]++;
                (readers[writer] ??= []).Add(i);
            }
        }

        return Sorted(nodes, waits, readers) is { } sorted && sorted.Count == nodes.Count
            ? sorted
            : throw file.Malformed($"its nodes read each other in a circle, among them {nodes[Array.FindIndex(waits, count => count > 0)]}");
    }

    private static List<OnnxNode> Sorted(List<OnnxNode> nodes, int[] waits, List<int>?[] readers)
    {
        var ready = new PriorityQueue<int, int>(Enumerable.Range(0, nodes.Count).Where(i => waits[i] == 0).Select(i => (i, i)));
        var sorted = new List<OnnxNode>(nodes.Count);
        while (ready.TryDequeue(out int next, out _))
        {
            sorted.Add(nodes[next]);
            foreach (int reader in readers[next] ?? [])
            {
                if (--waits[reader] == 0)
                {
                    ready.Enqueue(reader, reader);
                }
            }
        }

        return sorted;
    }
}
