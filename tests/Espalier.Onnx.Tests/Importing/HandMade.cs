using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Espalier.Testing;
using Google.Protobuf;
using DataType = Espalier.Onnx.Proto.TensorProto.Types.DataType;

namespace Espalier.Onnx.Tests;

/// <summary>Writes small ONNX models node by node, with spellings that Debian's exporters cannot write.</summary>
internal sealed class HandMade
{
    private int _names;

    public HandMade(int opset = 17, params long[] input)
    {
        Model = new ModelProto { IrVersion = 8, ProducerName = "hand", Graph = new GraphProto { Name = "g" } };
        Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        Graph.Input.Add(Value("x", input.Length > 0 ? input : [-1, 3, 8, 8]));
    }

    public ModelProto Model { get; }

    public GraphProto Graph => Model.Graph;

    /// <summary>Adds an initializer of random values.</summary>
    public string Weight(string name, params long[] dims) => Weight(name, CounterFill.Parameter(name, Shape.Of([.. dims.Select(dim => (int)dim)])));

    public string Weight(string name, Tensor tensor)
    {
        var proto = new TensorProto { Name = name, DataType = (int)DataType.Float, RawData = ByteString.CopyFrom(tensor.Bytes.Span) };
        proto.Dims.AddRange(tensor.Shape.Extents.Select(extent => (long)extent));
        Graph.Initializer.Add(proto);
        return name;
    }

    public string Ints(params long[] values) => Ints($"c{_names++}", values);

    public string Ints(string name, long[] values)
    {
        var proto = new TensorProto { Name = name, DataType = (int)DataType.Int64 };
        proto.Dims.Add(values.Length);
        proto.Int64Data.AddRange(values);
        Graph.Initializer.Add(proto);
        return name;
    }

    public string Number(float value)
    {
        var proto = new TensorProto { Name = $"c{_names++}", DataType = (int)DataType.Float };
        proto.FloatData.Add(value);
        Graph.Initializer.Add(proto);
        return proto.Name;
    }

    /// <summary>Adds a node of one output, and returns the output's name.</summary>
    public string Node(string op, string[] inputs, params AttributeProto[] attributes) => Node("", op, inputs, attributes);

    public string Node(string domain, string op, string[] inputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = op, Domain = domain, Name = $"{op}_{_names}" };
        node.Input.AddRange(inputs);
        node.Output.Add($"v{_names++}");
        node.Attribute.AddRange(attributes);
        Graph.Node.Add(node);
        return node.Output[0];
    }

    /// <summary>A 3x3 convolution with padding 1 and random weights.</summary>
    public string Conv(string x, int inputs, int outputs, params AttributeProto[] attributes) =>
        Node("Conv", [x, Weight($"w{_names++}", outputs, inputs, 3, 3)], attributes.Length > 0 ? attributes : [I("pads", 1, 1, 1, 1)]);

    /// <summary>Declares the outputs and returns the model.</summary>
    public ModelProto Build(params string[] outputs)
    {
        foreach (string output in outputs)
        {
            Graph.Output.Add(new ValueInfoProto { Name = output, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float } } });
        }

        return Model;
    }

    public static ValueInfoProto Value(string name, params long[] dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(dims.Select((dim, i) => dim < 0 ? new TensorShapeProto.Types.Dimension { DimParam = $"d{i}" } : new TensorShapeProto.Types.Dimension { DimValue = dim }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float, Shape = shape } } };
    }

    public static AttributeProto I(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    public static AttributeProto One(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto F(string name, float value) => new() { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float };

    public static AttributeProto S(string name, string value) => new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.AttributeType.String };
}
