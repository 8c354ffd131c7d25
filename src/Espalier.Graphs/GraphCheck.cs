using System.Collections.Immutable;

namespace Espalier.Graphs;

/// <summary>The rules of a graph that are not about shapes.</summary>
internal static class GraphCheck
{
    /// <summary>There is an output, each is a node, each once, and every node reaches one.</summary>
    internal static void Outputs(ImmutableArray<Node> sorted, ValueList<string> outputs)
    {
        if (outputs.Count == 0)
        {
            GraphException.Throw("graph", "expected at least one output, found none");
        }

        var reached = new HashSet<string>(StringComparer.Ordinal);
        foreach (string output in outputs)
        {
            if (!reached.Add(output))
            {
                GraphException.Throw(output, "is named as an output twice");
            }
        }

        int found = 0;
        foreach (Node node in sorted.Reverse())
        {
            if (!reached.Contains(node.Name))
            {
                GraphException.Throw(node.Name, "no output depends on this node");
            }

            found += outputs.Contains(node.Name) ? 1 : 0;
            reached.UnionWith(node.Inputs);
        }

        if (found < outputs.Count)
        {
            string missing = outputs.First(output => !sorted.Any(node => node.Name == output));
            GraphException.Throw(missing, "is named as an output, but there is no such node");
        }
    }

    /// <summary>Every node names as many parameters as its op asks for, and nodes that share one agree on what it is.</summary>
    internal static IReadOnlyList<KeyValuePair<string, ParameterSpec>> Parameters(ImmutableArray<Node> sorted)
    {
        var all = new List<KeyValuePair<string, ParameterSpec>>();
        var byName = new Dictionary<string, ParameterSpec>(StringComparer.Ordinal);
        foreach (Node node in sorted)
        {
            ValueList<ParameterSpec> specs = node.Op.Parameters;
            if (specs.Count != node.Parameters.Count)
            {
                GraphException.Throw(node.Name, $"{node.Op.Kind} has {specs.Count} parameter(s), but {node.Parameters.Count} name(s) were given");
            }

            for (int i = 0; i < specs.Count; i++)
            {
                string name = node.Parameters[i];
                if (byName.TryAdd(name, specs[i]))
                {
                    all.Add(KeyValuePair.Create(name, specs[i]));
                }
                else if (byName[name].Shape != specs[i].Shape)
                {
                    GraphException.Throw(node.Name, $"shares parameter '{name}', of shape {byName[name].Shape}, as one of shape {specs[i].Shape}");
                }
            }
        }

        return all;
    }
}
