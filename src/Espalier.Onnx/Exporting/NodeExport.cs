using System.Globalization;
using Espalier.Graphs;
using Espalier.Onnx.Proto;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>One node of a model on its way into an ONNX graph.</summary>
/// <param name="target">The ONNX graph.</param>
/// <param name="model">The model.</param>
/// <param name="node">The node.</param>
/// <param name="integers">Which values of the model are in integers.</param>
internal sealed class NodeExport(ExportedGraph target, Model model, Node node, IntegerValues integers)
{
    private const int ReduceAxesOpset = 18; // from which the axes of a reduction are an input

    /// <summary>The model.</summary>
    internal Model Model => model;

    /// <summary>The node.</summary>
    internal Node Node => node;

    /// <summary>The node's op.</summary>
    internal Op Op => node.Op;

    /// <summary>Which values of the model are in integers.</summary>
    internal IntegerValues IntegerValues => integers;

    /// <summary>The version of ONNX's operators.</summary>
    internal int Opset => target.Opset;

    /// <summary>The ONNX graph.</summary>
    internal ExportedGraph Target => target;

    /// <summary>The name of the node's result.</summary>
    internal string Value => target.ValueOf(node.Name);

    /// <summary>The names of the values that the node reads.</summary>
    internal string[] Inputs => [.. node.Inputs.Select(target.ValueOf)];

    /// <summary>The name of the node's first input.</summary>
    internal string Input => target.ValueOf(node.Inputs[0]);

    /// <summary>The shape of the first input, for one sample.</summary>
    internal Shape InputShape => model.Graph.ShapeOf(node.Inputs[0]);

    /// <summary>The shape of the result, for one sample.</summary>
    internal Shape OutputShape => model.Graph.ShapeOf(node.Name);

    /// <summary>Whether all ops that read the result are convolutions.</summary>
    internal bool IsReadOnlyByConvolutions => model.Graph.UsersOf(node.Name).All(other => other.Op is Conv2d);

    /// <summary>The initializers of all of the op's parameters but counters, in its order.</summary>
    internal string[] Parameters => [.. node.Op.Parameters.Where(spec => !spec.IsCounter).Select(spec => Parameter(spec.Role, spec.Shape))];

    /// <summary>The initializer of a parameter, in the shape in which the ONNX node reads it.</summary>
    internal string Parameter(string role, Shape shape) => target.Initializer(node.Parameter(role), shape, () => Tensor(role));

    /// <summary>The initializer of one value for each channel: channels x 1 x 1 for a map.</summary>
    internal string ChannelParameter(string role) => Parameter(role, InputShape.Rank == 1 ? [InputShape[0]] : [InputShape[0], 1, 1]);

    /// <summary>A parameter's values with zeros where it is masked, float32.</summary>
    internal Tensor Tensor(string role) => model.Value(node, role).To(ElementType.Float32);

    /// <summary>Adds the ONNX node that computes the result.</summary>
    /// <returns>The name of the result.</returns>
    internal string Result(string type, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes) => target.AddNode(node.Name, type, inputs, Value, attributes);

    /// <summary>Adds an ONNX node before that of the result.</summary>
    /// <returns>The name of its result.</returns>
    internal string Step(string type, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        string name = target.Unique($"{node.Name}/{type}");
        return target.AddNode(name, type, inputs, name, attributes);
    }

    /// <summary>A constant of the node alone.</summary>
    /// <param name="role">What it is, for its name.</param>
    /// <param name="values">Float32 or integers.</param>
    internal string Constant(string role, Tensor values) => target.Initializer(target.Unique($"{node.Name}/{role}"), values.Shape, () => values);

    /// <summary>A constant vector of integers.</summary>
    internal string Integers(string role, params ReadOnlySpan<long> values) => Constant(role, Tensors.Tensor.From([values.Length], values));

    /// <summary>A constant number, shared by all nodes that need it.</summary>
    internal string Number(double value)
    {
        float number = (float)value;
        return target.Initializer(string.Create(CultureInfo.InvariantCulture, $"number/{number}"), [], () => Tensors.Tensor.From([], number));
    }

    /// <summary>The means of a value along an axis of the batch, which keeps the extent 1.</summary>
    internal string Mean(string value, int axis) => Opset >= ReduceAxesOpset
        ? Step("ReduceMean", [value, Integers("axes", axis)])
        : Step("ReduceMean", [value], OnnxAttribute.Integers("axes", axis));

    /// <summary>A value with all samples in one shape.</summary>
    internal string Reshape(string value, string role, params ReadOnlySpan<long> sample) => Step("Reshape", [value, BatchOf(role, sample)]);

    /// <summary>The constant shape of a batch of samples; a 0 is ONNX's "as it is".</summary>
    internal string BatchOf(string role, params ReadOnlySpan<long> sample) => Integers(role, [0, .. sample]);
}
