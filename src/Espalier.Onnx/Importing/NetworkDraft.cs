using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>A node of the network that an import writes. Its op may still gain a bias or padding, and its name is chosen at the end.</summary>
internal sealed class DraftNode
{
    /// <summary>Creates a node.</summary>
    internal DraftNode(Op op, DraftNode[] inputs, OnnxNode? source, Shape shape) => (Op, Inputs, Source, Shape) = (op, inputs, source, shape);

    /// <summary>The op.</summary>
    internal Op Op { get; set; }

    /// <summary>The nodes that it reads.</summary>
    internal DraftNode[] Inputs { get; set; }

    /// <summary>The shape of one sample.</summary>
    internal Shape Shape { get; set; }

    /// <summary>The ONNX node that it stands for; <see langword="null"/> for an input.</summary>
    internal OnnxNode? Source { get; }

    /// <summary>The name to prefer over that of the source, such as an input's.</summary>
    internal string? Name { get; set; }

    /// <summary>The values of its parameters by role.</summary>
    internal Dictionary<string, Tensor> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>The weights and biases of the file that the parameters are; their names are preferred, and nodes of the same ones share them.</summary>
    internal IReadOnlyList<Constant> Constants { get; set; } = [];

    /// <summary>The weight that a layer got and the integers that it stands for; they are used if the layer still has that weight in the end.</summary>
    internal (Tensor Floats, QuantizedConstant Integers)? QuantizedWeight { get; set; }

    /// <summary>The bias that a layer got and the integers that it stands for; likewise.</summary>
    internal (Tensor Floats, QuantizedConstant Integers)? QuantizedBias { get; set; }

    /// <summary>Whether the parameters are those of <see cref="Constants"/> as they are.</summary>
    internal bool IsShareable { get; set; }
}

/// <summary>The network that an import writes: nodes in topological order, of which those that no output needs are dropped.</summary>
internal sealed class NetworkDraft
{
    private readonly Dictionary<DraftNode, DraftNode> _flattened = [];

    /// <summary>For each vector that was made a feature map of one pixel, that map.</summary>
    internal Dictionary<DraftNode, DraftNode> Lifted { get; } = [];

    /// <summary>The nodes, in topological order.</summary>
    internal List<DraftNode> Nodes { get; } = [];

    /// <summary>Adds an input.</summary>
    internal DraftNode AddInput(Shape sample, string name)
    {
        var node = new DraftNode(new Input(sample), [], null, sample) { Name = name };
        Nodes.Add(node);
        return node;
    }

    /// <summary>Adds a node.</summary>
    /// <exception cref="UnsupportedNodeException">The op does not accept its inputs.</exception>
    internal DraftNode Add(OnnxNode source, Op op, params ReadOnlySpan<DraftNode> inputs)
    {
        DraftNode[] read = inputs.ToArray();
        var node = new DraftNode(op, read, source, Infer(op, read));
        Nodes.Add(node);
        return node;
    }

    /// <summary>Changes the op of a node, such as for a bias that another node adds.</summary>
    /// <exception cref="UnsupportedNodeException">The op does not accept the node's inputs.</exception>
    internal static void Change(DraftNode node, Op op, DraftNode[] inputs)
    {
        node.Shape = Infer(op, inputs);
        (node.Op, node.Inputs) = (op, inputs);
    }

    /// <summary>A feature map as a vector; the same node each time.</summary>
    internal DraftNode Flatten(OnnxNode source, DraftNode map)
    {
        if (map.Shape.Rank == 1)
        {
            return map;
        }

        if (!_flattened.TryGetValue(map, out DraftNode? flat))
        {
            flat = Add(source, new Flatten(), map);
            flat.Name = source.Op is "Flatten" or "Reshape" or "Squeeze" ? null : "flatten";
            _flattened.Add(map, flat);
        }

        return flat;
    }

    private static Shape Infer(Op op, DraftNode[] inputs)
    {
        try
        {
            return GraphCheck.Infer("node", op, Array.ConvertAll(inputs, input => input.Shape));
        }
        catch (GraphException error)
        {
            throw new UnsupportedNodeException(error.Reason);
        }
    }
}
