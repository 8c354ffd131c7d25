using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Collects the nodes of a graph while a network is written down as functions from <see cref="Value"/> to <see cref="Value"/>.</summary>
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
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private string _scope = "";

    /// <summary>Where feature maps enter.</summary>
    public Value Input(int channels, int height, int width, string name = "input") => Input([channels, height, width], name);

    /// <summary>Where samples enter.</summary>
    public Value Input(Shape shape, string name = "input") => Append(name, new Input(shape), []);

    /// <summary>Adds a node.</summary>
    /// <param name="name">Its name within the current scope.</param>
    /// <param name="op">What it computes.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="tiedTo">The full name of a node whose parameters it shares, or <see langword="null"/> for its own.</param>
    /// <exception cref="GraphException">The op cannot take these inputs, or the name is taken.</exception>
    public Value Append(string name, Op op, ReadOnlySpan<Value> inputs, string? tiedTo = null)
    {
        ArgumentNullException.ThrowIfNull(op);
        string path = ScopeName.Join(_scope, name);
        if (!_names.Add(path))
        {
            GraphException.Throw(path, "the name is used by two nodes");
        }

        var shapes = new Shape[inputs.Length];
        var names = new string[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Builder != this)
            {
                GraphException.Throw(path, $"reads '{inputs[i].Name}', which belongs to another builder");
            }

            (shapes[i], names[i]) = (inputs[i].Shape, inputs[i].Name);
        }

        Shape shape = op.Infer(new OpInputs(path, shapes));
        _nodes.Add(new Node(path, op, ValueList.Create(names.AsSpan()), Node.ParametersNamedAfter(tiedTo ?? path, op)));
        return new Value(this, path, shape);
    }

    /// <summary>Makes the graph whose results are <paramref name="outputs"/>.</summary>
    /// <exception cref="GraphException">A node reaches no output, or another rule of <see cref="Graph"/> is broken.</exception>
    public Graph Build(params ReadOnlySpan<Value> outputs)
    {
        var names = new string[outputs.Length];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = outputs[i].Name;
        }

        return new Graph(_nodes, ValueList.Create(names.AsSpan()));
    }

    /// <summary>Runs <paramref name="write"/> with <paramref name="scope"/> put before every name it gives.</summary>
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
}
