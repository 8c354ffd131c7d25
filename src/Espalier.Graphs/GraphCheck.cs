using System.Collections.Immutable;
using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Checks the rules of a graph that do not belong to an op.</summary>
internal static class GraphCheck
{
    /// <summary>Checks that there is an output, that outputs are distinct nodes, and that every node reaches one.</summary>
    internal static void Outputs(ImmutableArray<Node> sorted, ValueList<string> outputs)
    {
        if (outputs.Count == 0)
        {
            GraphException.Throw("graph", "expected at least one output, found none");
        }

        HashSet<string> names = new(sorted.Select(node => node.Name), StringComparer.Ordinal);
        var reached = new HashSet<string>(StringComparer.Ordinal);
        foreach (string output in outputs)
        {
            if (!names.Contains(output))
            {
                GraphException.Throw(output, "is named as an output, but there is no such node");
            }

            if (!reached.Add(output))
            {
                GraphException.Throw(output, "is named as an output twice");
            }
        }

        foreach (Node node in sorted.Reverse())
        {
            if (!reached.Contains(node.Name))
            {
                GraphException.Throw(node.Name, "no output depends on this node");
            }

            reached.UnionWith(node.Inputs);
        }
    }

    /// <summary>Infers the shape of a node's output and checks that its elements can be indexed by an int.</summary>
    internal static Shape Infer(string node, Op op, ReadOnlySpan<Shape> inputs)
    {
        Shape shape = op.Infer(new OpInputs(node, inputs));
        RequireCountable(node, "a result", shape);
        return shape;
    }

    /// <summary>Checks that every node names as many parameters as its op has, and that nodes that share one agree on its role and shape.</summary>
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
                if (!byName.TryGetValue(name, out ParameterSpec? known))
                {
                    RequireCountable(node.Name, $"parameter '{name}'", specs[i].Shape);
                    byName.Add(name, specs[i]);
                    all.Add(KeyValuePair.Create(name, specs[i]));
                }
                else if (known != specs[i])
                {
                    GraphException.Throw(node.Name, $"shares parameter '{name}', the {known}, as a {specs[i]}");
                }
            }
        }

        return all;
    }

    private static void RequireCountable(string node, string what, Shape shape)
    {
        long count = 1;
        foreach (int extent in shape)
        {
            count *= extent; // below 2⁶² since both factors are below 2³¹
            if (count > int.MaxValue)
            {
                GraphException.Throw(node, $"has {what} of shape {shape}, of more than {int.MaxValue} numbers");
            }
        }
    }
}
