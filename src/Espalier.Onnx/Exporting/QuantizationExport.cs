using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Roundings to 8 bits as pairs of QuantizeLinear and DequantizeLinear, in the form that ONNX Runtime joins with the node between two pairs to one on integers.</summary>
/// <remarks>
/// It does so where each input of a node is read by a DequantizeLinear and its result, apart from a Relu or a Clip that the rounding makes needless, by a QuantizeLinear. Weights are therefore integers with a
/// DequantizeLinear, biases of layers that read integers int32 at the scale of the products, and what only moves integers is followed by a pair too, which changes nothing.
/// </remarks>
internal static class QuantizationExport
{
    /// <summary>The result rounded to 8 bits and read back.</summary>
    internal static string Round(NodeExport node) => Pair(node, node.Node, node.Input);

    /// <summary>Rounds the result of a node that moves integers to the integers that it is.</summary>
    internal static void RoundAgain(NodeExport node)
    {
        if (node.Op is not Quantize && node.IntegerValues.PointOf(node.Node.Name) is not null)
        {
            string value = node.Target.Rename(node.Value, $"{node.Node.Name}/values");
            Pair(node, IntegerOps.RoundingOf(node.Model.Graph, node.Node.Name)!, value);
        }
    }

    /// <summary>Weight and bias of a layer: initializers, or the result of a DequantizeLinear of integers.</summary>
    /// <exception cref="EspalierException">A bias needs more than 32 bits.</exception>
    internal static string[] Parameters(NodeExport node)
    {
        if (!QuantizedLayer.Is(node.Op))
        {
            return node.Parameters;
        }

        ParameterSpec weight = node.Op.Parameters[0];
        string integers = node.Target.Initializer(
            node.Node.Parameter("weight"), weight.Shape, () => Tensor.From<sbyte>(weight.Shape, QuantizedLayer.Integers(node.Model, node.Node)));
        string floats = Dequantized(node, integers, node.Parameter(QuantizedLayer.ScaleRole, [weight.Shape[0]]), "zero_points", ElementType.Int8);
        return node.Op.Parameters.Any(spec => spec.Role == "bias") ? [floats, Bias(node)] : [floats];
    }

    private static string Bias(NodeExport node)
    {
        float[] scales = QuantizedLayer.Scales(node.Model, node.Node);
        if (node.IntegerValues.PointOf(node.Node.Inputs[0]) is not { } input || !Array.TrueForAll(scales, scale => float.IsNormal(input.Scale * scale)))
        {
            return node.Parameter("bias", [scales.Length]);
        }

        ReadOnlySpan<float> bias = node.Tensor("bias").Read<float>();
        int[] integers = new int[scales.Length];
        for (int i = 0; i < integers.Length; i++)
        {
            double integer = QuantizedLayer.RoundBias(bias[i], input.Scale, scales[i]);
            integers[i] = Math.Abs(integer) <= int.MaxValue ? (int)integer
                : throw new EspalierException($"the bias {bias[i]} of channel {i} of '{node.Node.Name}' is {integer} times the scale of its products, which exceeds 32 bits; a greater weight scale makes it fit");
        }

        string name = node.Node.Parameter("bias");
        bool isAlone = node.Model.Graph.Nodes.Count(other => other.Op.Parameters.Any(spec => spec.Role == "bias") && other.Parameter("bias") == name) == 1;
        var values = Tensor.From<int>([integers.Length], integers);
        string stored = isAlone ? node.Target.Initializer(name, values.Shape, () => values) : node.Constant("bias", values); // layers that share it read it at scales of their own
        float[] products = Array.ConvertAll(scales, scale => input.Scale * scale);
        return Dequantized(node, stored, node.Constant("bias_scale", Tensor.From<float>([products.Length], products)), "bias_zero_points", ElementType.Int32);
    }

    private static string Dequantized(NodeExport node, string integers, string scales, string role, ElementType type)
    {
        string zeros = node.Constant(role, Tensor.Zeros([node.Op.Parameters[0].Shape[0]], type));
        return node.Step("DequantizeLinear", [integers, scales, zeros], OnnxAttribute.Integer("axis", 0));
    }

    private static string Pair(NodeExport node, Node point, string value)
    {
        QuantizationPoint numbers = QuantizationPoint.Of(node.Model, point);
        string scale = node.Target.Initializer(point.Parameter("scale"), [], () => Tensor.From([], numbers.Scale));
        string zero = node.Target.Initializer(point.Parameter("zero_point"), [], () => Tensor.From<byte>([], [numbers.ZeroPoint]));
        string integers = node.Step("QuantizeLinear", [value, scale, zero]);
        return point == node.Node
            ? node.Result("DequantizeLinear", [integers, scale, zero])
            : node.Target.AddNode(node.Target.Unique($"{node.Node.Name}/DequantizeLinear"), "DequantizeLinear", [integers, scale, zero], node.Value, []);
    }
}
