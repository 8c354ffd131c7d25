using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A node of a graph: a name, an op, and the names of its inputs and parameters. Compared by value.</summary>
/// <param name="Name">Name, unique in the graph; a path, see <see cref="ScopeName"/>.</param>
/// <param name="Op">The operation that it computes.</param>
/// <param name="Inputs">The names of the nodes it reads, in the op's order.</param>
/// <param name="Parameters">The full names of its parameters, one for each of the op's <see cref="Op.Parameters"/>, in that order.</param>
public sealed record Node(string Name, Op Op, ValueList<string> Inputs, ValueList<string> Parameters)
{
    /// <summary>Creates a node whose parameters are named after it, as in a state_dict: <c>layer1.0.conv1.weight</c>.</summary>
    public Node(string name, Op op, ValueList<string> inputs)
        : this(name, op, inputs, ParametersNamedAfter(name, op))
    {
    }

    /// <summary>The full name of the parameter with the given role, such as <c>weight</c>.</summary>
    /// <exception cref="GraphException">The op has no such parameter.</exception>
    public string Parameter(string role)
    {
        ValueList<ParameterSpec> specs = Op.Parameters;
        for (int i = 0; i < specs.Count; i++)
        {
            if (specs[i].Role == role)
            {
                return Parameters[i];
            }
        }

        throw new GraphException(Name, $"{Op.Kind} has no parameter '{role}'");
    }

    /// <summary>The names that <paramref name="op"/>'s parameters get from the node's name.</summary>
    public static ValueList<string> ParametersNamedAfter(string name, Op op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return ValueList.From(op.Parameters.Select(spec => ScopeName.Join(name, spec.Role)));
    }

    /// <summary>The node as text: <c>bn1 = batch_norm(64) of conv1</c>; parameters are shown where they are not named after the node.</summary>
    public override string ToString()
    {
        string inputs = Inputs.Count == 0 ? "" : $" of {Inputs}";
        string parameters = Parameters == ParametersNamedAfter(Name, Op) ? "" : $" with {Parameters}";
        return $"{Name} = {Op}{inputs}{parameters}";
    }
}
