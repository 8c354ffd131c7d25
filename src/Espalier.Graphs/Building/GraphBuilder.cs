using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Builds a graph from code that applies functions to <see cref="Value"/>s.</summary>
/// <example>
/// <code>
/// var net = new GraphBuilder();
/// Value x = net.Input(3, 32, 32).Conv2d("conv1", 16, 3, padding: 1).BatchNorm("bn1").Relu("relu");
/// x = x.In("layer1", x => Block(Block(x, "0"), "1"));
/// Graph graph = net.Build(x.GlobalAveragePool("avgpool").Flatten("flatten").Linear("fc", 10));
/// </code>
/// </example>
public sealed class GraphBuilder
{
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, Node> _byName = new(StringComparer.Ordinal);
    private string _scope = "";

    /// <summary>Adds an input for feature maps of the given size.</summary>
    public Value Input(int channels, int height, int width, string name = "input") => Input([channels, height, width], name);

    /// <summary>Adds an input for samples of the given shape.</summary>
    public Value Input(Shape shape, string name = "input") => Append(name, new Input(shape), []);

    /// <summary>Adds a node.</summary>
    /// <param name="name">The name within the current scope.</param>
    /// <param name="op">The operation that the node computes.</param>
    /// <param name="inputs">The values that it reads.</param>
    /// <param name="tiedTo">The full name of an earlier node whose parameters it shares, or <see langword="null"/> for parameters of its own.</param>
    /// <param name="weight">The name of its first parameter within the current scope where it is not NAME.weight; <see langword="null"/> for that name. Not with <paramref name="tiedTo"/>.</param>
    /// <exception cref="GraphException">The op does not accept these inputs, the name is invalid or already used, or the parameters cannot be shared.</exception>
    public Value Append(string name, Op op, ReadOnlySpan<Value> inputs, string? tiedTo = null, string? weight = null)
    {
        ArgumentNullException.ThrowIfNull(op);
        string path = ScopeName.Join(_scope, name);
        if (ScopeName.Fault(path) is string fault)
        {
            GraphException.Throw("graph", fault);
        }

        if (_byName.ContainsKey(path))
        {
            GraphException.Throw(path, "the name is used by two nodes");
        }

        var shapes = new Shape[inputs.Length];
        var names = new string[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            RequireOwn(inputs[i], path, "reads");
            (shapes[i], names[i]) = (inputs[i].Shape, inputs[i].Name);
        }

        Shape shape = GraphCheck.Infer(path, op, shapes);
        ValueList<string> parameters = tiedTo is null ? Named(path, op, weight) : ParametersOf(tiedTo, path, op);
        var node = new Node(path, op, ValueList.Create(names.AsSpan()), parameters);
        _nodes.Add(node);
        _byName.Add(path, node);
        return new Value(this, path, shape);
    }

    /// <summary>Builds the graph with the given outputs.</summary>
    /// <exception cref="GraphException">A node does not reach an output, or another rule of <see cref="Graph"/> is violated.</exception>
    public Graph Build(params ReadOnlySpan<Value> outputs)
    {
        var names = new string[outputs.Length];
        for (int i = 0; i < names.Length; i++)
        {
            RequireOwn(outputs[i], "graph", "has the output");
            names[i] = outputs[i].Name;
        }

        return new Graph(_nodes, ValueList.Create(names.AsSpan()));
    }

    /// <summary>Runs <paramref name="write"/> with <paramref name="scope"/> prepended to the names of nodes it adds.</summary>
    internal Value In(string scope, Func<Value> write)
    {
        string outer = _scope;
        _scope = ScopeName.Join(outer, scope);
        try
        {
            return write();
        }
        finally
        {
            _scope = outer;
        }
    }

    private void RequireOwn(Value value, string node, string verb)
    {
        if (value.Builder != this)
        {
            string whose = value.Builder is null ? "a value of no builder" : $"'{value.Name}', which belongs to another builder";
            GraphException.Throw(node, $"{verb} {whose}");
        }
    }

    private ValueList<string> Named(string path, Op op, string? weight)
    {
        ValueList<string> usual = Node.ParametersNamedAfter(path, op);
        if (weight is null)
        {
            return usual;
        }

        string full = ScopeName.Join(_scope, weight);
        if (usual.Count == 0 || ScopeName.Fault(full) is not null)
        {
            GraphException.Throw(path, usual.Count == 0 ? $"has no parameters, but '{weight}' was given as the name of its weight" : ScopeName.Fault(full)!);
        }

        return [full, .. usual.Skip(1)];
    }

    private ValueList<string> ParametersOf(string tiedTo, string path, Op op)
    {
        if (!_byName.TryGetValue(tiedTo, out Node? owner))
        {
            GraphException.Throw(path, $"is tied to '{tiedTo}', but there is no such node before it");
        }

        if (owner.Op.Parameters != op.Parameters)
        {
            GraphException.Throw(path, $"is tied to '{tiedTo}', but takes the parameters [{op.Parameters}] and not its [{owner.Op.Parameters}]");
        }

        return owner.Parameters;
    }
}
