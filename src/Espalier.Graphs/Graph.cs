using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A network as a graph: nodes in topological order. Immutable, and valid by construction.</summary>
/// <remarks>
/// The constructor sorts the nodes (stably: nodes already in order keep it), infers all shapes and checks all rules, so every
/// graph that exists can be executed. Shapes are of one sample. Every node reaches an output. Equality is structural: equal nodes in the same
/// order, and the same outputs.
/// </remarks>
public sealed class Graph : IEquatable<Graph>
{
    private readonly FrozenDictionary<string, int> _index;
    private readonly ImmutableArray<Shape> _shapes;
    private readonly ImmutableArray<ImmutableArray<Node>> _users;

    /// <summary>Creates and checks a graph.</summary>
    /// <param name="nodes">The nodes, in any order.</param>
    /// <param name="outputs">The names of the output nodes.</param>
    /// <exception cref="GraphException">The graph is invalid; the message names the node.</exception>
    public Graph(IEnumerable<Node> nodes, ValueList<string> outputs)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        Nodes = GraphOrder.Sort(nodes);
        Outputs = outputs;
        _index = Nodes.Select((node, i) => KeyValuePair.Create(node.Name, i)).ToFrozenDictionary(StringComparer.Ordinal);
        GraphCheck.Outputs(Nodes, outputs);
        _shapes = InferShapes();
        _users = FindUsers();
        Parameters = GraphCheck.Parameters(Nodes);
    }

    /// <summary>The nodes in topological order: each comes after its inputs.</summary>
    public ImmutableArray<Node> Nodes { get; }

    /// <summary>The names of the output nodes.</summary>
    public ValueList<string> Outputs { get; }

    /// <summary>All parameters by full name, in the order of the nodes. A tied parameter is listed once.</summary>
    public IReadOnlyList<KeyValuePair<string, ParameterSpec>> Parameters { get; }

    /// <summary>The graph's only input node.</summary>
    /// <exception cref="GraphException">There is more than one input.</exception>
    public Node Input
    {
        get
        {
            Node[] inputs = [.. Nodes.Where(node => node.Op is Input)];
            return inputs.Length == 1 ? inputs[0] : throw new GraphException("graph", $"expected one input, found {inputs.Length}");
        }
    }

    /// <summary>The node of the given name.</summary>
    /// <exception cref="GraphException">There is no such node.</exception>
    public Node this[string name] => TryFind(name, out Node? node) ? node : throw new GraphException(name, "no such node in the graph");

    /// <summary>Finds the node of the given name; returns <see langword="false"/> where there is none.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out Node? node)
    {
        node = _index.TryGetValue(name, out int i) ? Nodes[i] : null;
        return node is not null;
    }

    /// <summary>The shape of a node's output, for one sample.</summary>
    public Shape ShapeOf(string name) => _shapes[IndexOf(name)];

    /// <summary>The nodes that read a node, each as often as it reads it.</summary>
    public ImmutableArray<Node> UsersOf(string name) => _users[IndexOf(name)];

    /// <summary>Whether exactly one node reads this one, once, and it is not an output, so that it can be fused into its reader.</summary>
    public bool HasSingleUse(string name) => UsersOf(name).Length == 1 && !Outputs.Contains(name);

    /// <summary>A name that no node has: the given one, followed by underscores if it is used.</summary>
    internal string FreeName(string name)
    {
        while (_index.ContainsKey(name))
        {
            name += "_";
        }

        return name;
    }

    /// <summary>The nodes in a scope, such as <c>layer1</c>, <c>layer1.0</c> or <c>layer1.0.conv1</c>.</summary>
    public IEnumerable<Node> InScope(string scope) => Nodes.Where(node => ScopeName.Contains(scope, node.Name));

    /// <summary>The same network for samples of another shape; all shapes are inferred again.</summary>
    /// <exception cref="GraphException">The network does not support that shape; the message names the first node that fails.</exception>
    public Graph WithInput(Shape shape)
    {
        Node input = Input;
        return ShapeOf(input.Name) == shape ? this : new Graph(Nodes.Select(node => node == input ? input with { Op = new Input(shape) } : node), Outputs);
    }

    /// <inheritdoc/>
    public bool Equals(Graph? other) =>
        other is not null && Outputs == other.Outputs && Nodes.AsSpan().SequenceEqual(other.Nodes.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Graph);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Nodes.Length, Nodes[0], Nodes[^1], Outputs);

    /// <summary>The graph as text: one line per node, with its shape, and one for the outputs.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (int i = 0; i < Nodes.Length; i++)
        {
            text.Append(Nodes[i]).Append(" : ").Append(_shapes[i]).Append('\n');
        }

        return text.Append("output ").Append(Outputs).Append('\n').ToString();
    }

    private int IndexOf(string name) =>
        _index.TryGetValue(name, out int i) ? i : throw new GraphException(name, "no such node in the graph");

    private ImmutableArray<Shape> InferShapes()
    {
        var shapes = new Shape[Nodes.Length];
        for (int i = 0; i < shapes.Length; i++)
        {
            Node node = Nodes[i];
            Shape[] inputs = [.. node.Inputs.Select(name => shapes[_index[name]])];
            shapes[i] = GraphCheck.Infer(node.Name, node.Op, inputs);
        }

        return [.. shapes];
    }

    private ImmutableArray<ImmutableArray<Node>> FindUsers()
    {
        var users = new List<Node>[Nodes.Length];
        foreach (Node node in Nodes)
        {
            foreach (string input in node.Inputs)
            {
                (users[_index[input]] ??= []).Add(node);
            }
        }

        return [.. users.Select(list => list is null ? [] : list.ToImmutableArray())];
    }
}
