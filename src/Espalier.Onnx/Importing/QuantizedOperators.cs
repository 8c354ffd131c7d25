using Espalier.Onnx.Proto;

namespace Espalier.Onnx;

/// <summary>Puts the ops on integers that ONNX and ONNX Runtime have (QLinearConv and its like) as the op on numbers between a DequantizeLinear of each input and a QuantizeLinear of the result, which is what they mean.</summary>
internal sealed class QuantizedOperators
{
    private const string Runtime = "com.microsoft";

    private readonly List<OnnxNode> _nodes = [];
    private readonly long _opset;
    private int _count;

    private QuantizedOperators(long opset) => _opset = opset;

    /// <summary>The nodes with pairs in the place of ops on integers. Ops in forms that are not known stay as they are.</summary>
    /// <param name="nodes">The nodes of a file.</param>
    /// <param name="opset">The version of the standard operator set.</param>
    internal static List<OnnxNode> AsPairs(List<OnnxNode> nodes, long opset)
    {
        var result = new QuantizedOperators(opset);
        nodes.ForEach(result.Add);
        return result._nodes;
    }

    private void Add(OnnxNode node)
    {
        bool isKnown = node.Outputs.Count == 1 && node.Int("channels_last", 0) == 0 && (node.Domain, node.Op) switch
        {
            ("" or Runtime, "QLinearConv") => Layer(node, "Conv", 0, 6, 8),
            ("" or Runtime, "QLinearMatMul") => Layer(node, "MatMul", 1, 6, -1),
            (Runtime, "QGemm") => node.Float("alpha", 1) == 1 && Layer(node, "Gemm", node.Int("transB", 0) != 0 ? 0 : 1, 7, 6),
            (Runtime, "QLinearAdd" or "QLinearMul") => OfTwo(node),
            (Runtime, "QLinearConcat") => Concat(node),
            (Runtime, "QLinearSoftmax") => node.Int("opset", _opset) == _opset && OfOne(node),
            (Runtime, "QLinearGlobalAveragePool" or "QLinearAveragePool" or "QLinearLeakyRelu" or "QLinearSigmoid") => OfOne(node),
            _ => false,
        };
        if (!isKnown)
        {
            _nodes.Add(node);
        }
    }

    /// <summary>A layer: input, scale and zero point; weight, scales and zero points; possibly a bias at the scale of the products.</summary>
    private bool Layer(OnnxNode node, string op, int axis, int output, int bias)
    {
        if (node.Inputs.Count < 6 || !node.HasInput(1) || !node.HasInput(4))
        {
            return false;
        }

        string x = Read(node, 0), weight = Read(node, 3, axis);
        string[] inputs = [x, weight];
        if (bias >= 0 && node.HasInput(bias))
        {
            string scale = Emit(node, "Mul", [node.Inputs[1], node.Inputs[4]]);
            inputs = [x, weight, Emit(node, "DequantizeLinear", [node.Inputs[bias], scale], Axis(0))];
        }

        Compute(node, op, inputs, node.HasInput(output) ? output : -1);
        return true;
    }

    private bool OfOne(OnnxNode node) => node.Inputs.Count >= 4 && Compute(node, node.Op["QLinear".Length..], [Read(node, 0)], 3);

    private bool OfTwo(OnnxNode node) => node.Inputs.Count >= 7 && Compute(node, node.Op["QLinear".Length..], [Read(node, 0), Read(node, 3)], 6);

    private bool Concat(OnnxNode node) =>
        node.Inputs.Count > 2 && node.Inputs.Count % 3 == 2 && Compute(node, "Concat", [.. Enumerable.Range(0, node.Inputs.Count / 3).Select(i => Read(node, 2 + (3 * i)))], 0);

    /// <summary>The numbers of an input whose scale and zero point follow it.</summary>
    private string Read(OnnxNode node, int index, int? axis = null) =>
        Emit(node, "DequantizeLinear", WithPoint(node, node.Inputs[index], index + 1), axis is int known ? Axis(known) : []);

    /// <summary>A value with the scale at an index and the zero point that follows it.</summary>
    private static string[] WithPoint(OnnxNode node, string value, int scale) =>
        node.HasInput(scale + 1) ? [value, node.Inputs[scale], node.Inputs[scale + 1]] : [value, node.Inputs[scale]];

    /// <summary>The op on numbers under the node's own name, and the rounding of its result.</summary>
    /// <param name="node">The op on integers.</param>
    /// <param name="op">The op on numbers.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="output">The input that is the result's scale, before its zero point; −1 if the result is not rounded.</param>
    private bool Compute(OnnxNode node, string op, string[] inputs, int output)
    {
        string result = output < 0 ? node.Outputs[0] : Name(node, op);
        _nodes.Add(new OnnxNode(op, "", node.Name, inputs, [result], node.Attributes));
        if (output >= 0)
        {
            _nodes.Add(new OnnxNode("QuantizeLinear", "", $"{node.Name}/QuantizeLinear", WithPoint(node, result, output), node.Outputs, Array.Empty<AttributeProto>()));
        }

        return true;
    }

    private string Emit(OnnxNode node, string op, string[] inputs, params AttributeProto[] attributes)
    {
        string result = Name(node, op);
        _nodes.Add(new OnnxNode(op, "", $"{node.Name}/{op}", inputs, [result], attributes));
        return result;
    }

    private string Name(OnnxNode node, string op) => $"{node.Outputs[0]}~{_count++}/{op}";

    private static AttributeProto[] Axis(int axis) => [OnnxAttribute.Integer("axis", axis)];
}
