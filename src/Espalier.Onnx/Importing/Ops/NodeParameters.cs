using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Gives nodes the weights of the file.</summary>
internal static class NodeParameters
{
    /// <summary>Stores constants as a node's parameters by role, each in the shape that the op has for it; absent ones are left out.</summary>
    /// <exception cref="UnsupportedNodeException">A constant has another number of values.</exception>
    internal static DraftNode Attach(DraftNode node, params ReadOnlySpan<(string Role, Constant? Constant)> constants)
    {
        var used = new List<Constant>();
        foreach ((string role, Constant? constant) in constants)
        {
            if (constant is null)
            {
                continue;
            }

            Shape shape = node.Op.Parameters.First(spec => spec.Role == role).Shape;
            if (constant.Count != shape.Count)
            {
                throw new UnsupportedNodeException($"its {role} has the shape {constant.Shape}, where {shape} is expected");
            }

            node.Values[role] = constant.Floats(shape);
            used.Add(constant);
            if (node.Op is Conv2d or Linear && constant.Quantized is { } quantized && (quantized.Axis == 0 || quantized.Scales.Length == 1))
            {
                node.QuantizedWeight = role == "weight" && !quantized.Is32Bits ? (node.Values[role], quantized) : node.QuantizedWeight;
                node.QuantizedBias = role == "bias" && quantized.Is32Bits ? (node.Values[role], quantized) : node.QuantizedBias;
            }
        }

        node.Constants = used;
        node.IsShareable = used.All(constant => constant.Name.Length > 0);
        return node;
    }
}
