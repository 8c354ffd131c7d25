using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Google.Protobuf;

namespace Espalier.Onnx;

/// <summary>An ONNX graph under construction: nodes, initializers, inputs and outputs.</summary>
/// <remarks>
/// A node of the model gives its name to the ONNX node that computes its result and to that result; initializers have the names of the state_dict. Whatever
/// else is needed has a slash in its name, which no name of a model has: <c>layer1.0.act/Sigmoid</c>, <c>layer1.0.shuffle/shape</c>, <c>number/6</c>.
/// </remarks>
internal sealed class ExportedGraph
{
    private const string Batch = "batch";

    private readonly HashSet<string> _names;
    private readonly HashSet<string> _parameters;
    private readonly Dictionary<(string Name, Shape Shape), string> _initializers = [];

    /// <summary>Begins the graph of a model.</summary>
    /// <param name="graph">The model's graph, whose names are reserved.</param>
    /// <param name="opset">The version of the operators.</param>
    internal ExportedGraph(Graph graph, int opset)
    {
        _parameters = new(graph.Parameters.Select(parameter => parameter.Key), StringComparer.Ordinal);
        _names = new(graph.Nodes.Select(node => node.Name), StringComparer.Ordinal);
        _names.UnionWith(_parameters);
        Opset = opset;
    }

    /// <summary>The version of the operators.</summary>
    internal int Opset { get; }

    /// <summary>The message.</summary>
    internal GraphProto Proto { get; } = new();

    /// <summary>The name of a node's result: the node's, unless a parameter has it.</summary>
    internal string ValueOf(string node) => _parameters.Contains(node) ? $"{node}/output" : node;

    /// <summary>A name that nothing else has: <paramref name="wanted"/>, or that with a number.</summary>
    internal string Unique(string wanted)
    {
        string name = wanted;
        for (int i = 2; !_names.Add(name); i++)
        {
            name = $"{wanted}/{i}";
        }

        return name;
    }

    /// <summary>Adds a node.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">ONNX's operator.</param>
    /// <param name="inputs">The values that it reads.</param>
    /// <param name="output">The name of its result.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <returns>The name of its result.</returns>
    internal string AddNode(string name, string type, ReadOnlySpan<string> inputs, string output, ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { Name = name, OpType = type };
        foreach (string input in inputs)
        {
            node.Input.Add(input);
        }

        node.Output.Add(output);
        foreach (AttributeProto attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }

        Proto.Node.Add(node);
        return output;
    }

    /// <summary>Gives another name to a node's result, so that a later node can have the one that it had.</summary>
    /// <returns>The new name.</returns>
    internal string Rename(string result, string wanted)
    {
        string name = Unique(wanted);
        NodeProto node = Proto.Node.Last(node => node.Output.Contains(result));
        node.Output[node.Output.IndexOf(result)] = name;
        return name;
    }

    /// <summary>The initializer with a parameter's or constant's values; made once for each name and shape.</summary>
    /// <param name="name">The parameter's name in the state_dict, or a constant's name.</param>
    /// <param name="shape">The shape in which a node reads the values.</param>
    /// <param name="values">The values, float32, int64, int32, int8 or uint8.</param>
    /// <returns>The name of the initializer: <paramref name="name"/>, or where other nodes read the values in another shape, that with the shape.</returns>
    internal string Initializer(string name, Shape shape, Func<Tensor> values)
    {
        if (_initializers.TryGetValue((name, shape), out string? known))
        {
            return known;
        }

        bool isFirst = !_initializers.Keys.Any(key => key.Name == name);
        string result = isFirst ? name : Unique($"{name}/{string.Join('x', shape.Extents)}");
        _initializers.Add((name, shape), result);
        Tensor tensor = values();
        var proto = new TensorProto
        {
            Name = result,
            DataType = (int)TypeOf(tensor),
            RawData = UnsafeByteOperations.UnsafeWrap(tensor.Bytes),
        };
        proto.Dims.AddRange(shape.Extents.Select(extent => (long)extent));
        Proto.Initializer.Add(proto);
        return result;
    }

    private static TensorProto.Types.DataType TypeOf(Tensor tensor) => tensor.Type switch
    {
        ElementType.Int64 => TensorProto.Types.DataType.Int64,
        ElementType.Int32 => TensorProto.Types.DataType.Int32,
        ElementType.Int8 => TensorProto.Types.DataType.Int8,
        ElementType.UInt8 => TensorProto.Types.DataType.Uint8,
        ElementType.Float32 => TensorProto.Types.DataType.Float,
        _ => throw new UnreachableException($"No initializer is {tensor.Type}."),
    };

    /// <summary>Declares an input with a free batch axis.</summary>
    internal void AddInput(string name, TensorProto.Types.DataType type, Shape sample) => Proto.Input.Add(Value(name, type, sample));

    /// <summary>Declares a float32 output with a free batch axis.</summary>
    internal void AddOutput(string name, Shape sample) => Proto.Output.Add(Value(name, TensorProto.Types.DataType.Float, sample));

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, Shape sample)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = Batch });
        shape.Dim.AddRange(sample.Extents.Select(extent => new TensorShapeProto.Types.Dimension { DimValue = extent }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }
}
