using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Finds the layers whose weights a positive factor of a value can be multiplied into.</summary>
/// <remarks>The factor is moved backwards through positively homogeneous ops such as ReLU, and into every operand of a sum.</remarks>
internal static class FactorAbsorption
{
    /// <summary>Adds the layers to <paramref name="layers"/>. Returns <see langword="null"/>, or the reason if some path to the value has no such layer.</summary>
    internal static string? Find(Graph graph, string value, List<Node> layers, Func<Op, bool> canAbsorb)
    {
        Node node = graph[value];
        if (node.Op is not StochasticDepth && !canAbsorb(node.Op) && !IsHomogeneous(node.Op))
        {
            return $"cannot be multiplied into weights: '{value}' is {(QuantizedLayer.Is(node.Op) ? "of 8-bit weights" : node.Op.Kind)}";
        }

        if (!graph.HasSingleUse(value))
        {
            return $"cannot be multiplied into '{value}', which other nodes read";
        }

        if (QuantizedLayer.Is(node.Op) && QuantizedAffine.WhyNot(graph, node) is string reason)
        {
            return reason;
        }

        if (canAbsorb(node.Op))
        {
            layers.Add(node);
            return null;
        }

        if (node.Op is StochasticDepth op)
        {
            (double shortcut, double branch) = op.InferenceFactors;
            return (shortcut == 0 ? null : Find(graph, node.Inputs[0], layers, canAbsorb)) ?? (branch == 0 ? null : Find(graph, node.Inputs[1], layers, canAbsorb));
        }

        return node.Inputs.Select(input => Find(graph, input, layers, canAbsorb)).FirstOrDefault(reason => reason is not null);
    }

    /// <summary>Whether f(a·x) = a·f(x) for all a above 0.</summary>
    private static bool IsHomogeneous(Op op) => op.Type switch
    {
        OpType.Activation => ((ActivationOp)op).Activation.IsHomogeneous,
        OpType.Pad => ((Pad)op).Mode != PaddingMode.Constant,
        OpType.MaxPool or OpType.AveragePool or OpType.AdaptiveAveragePool or OpType.AdaptiveMaxPool or OpType.BlurPool or OpType.ChannelConv1d or OpType.PRelu or OpType.Add
            or OpType.Concat or OpType.PadChannels or OpType.ChannelSlice or OpType.ChannelShuffle or OpType.Flatten or OpType.Dropout => true,
        OpType.Input or OpType.Conv2d or OpType.Linear or OpType.BatchNorm or OpType.GroupNorm or OpType.LayerNorm or OpType.LocalResponseNorm
            or OpType.Affine or OpType.Quantize or OpType.Softmax or OpType.RadixSoftmax or OpType.Multiply or OpType.StochasticDepth => false,
    };
}
