using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The table of what each op does with values in integers. What it does not name for them is computed in floating point.</summary>
internal static class IntegerOps
{
    /// <summary>Whether the op only moves values, compares them or adds zeros, so that its result has the scale and zero point of its only input.</summary>
    internal static bool Moves(Op op) => Of(op) == Treatment.Moves;

    /// <summary>Whether a rounding after the op can be computed in integers of its inputs, apart from layers with weights. A sum is one of two values.</summary>
    internal static bool IsComputed(Node node) => Of(node.Op) == Treatment.Computes && (node.Op is not Add || node.Inputs.Count == 2);

    /// <summary>The rounding whose scale and zero point a value has, through ops that only move integers; <see langword="null"/> for a value that is not rounded. What a concat joins has one scale.</summary>
    internal static Node? RoundingOf(Graph graph, string value)
    {
        Node node = graph[value];
        while (Moves(node.Op) || node.Op is Concat)
        {
            node = graph[node.Inputs[0]];
        }

        return node.Op is Quantize ? node : null;
    }

    private static Treatment Of(Op op) => op.Type switch
    {
        OpType.MaxPool or OpType.AdaptiveMaxPool or OpType.Flatten or OpType.Dropout or OpType.ChannelSlice or OpType.ChannelShuffle or OpType.PadChannels => Treatment.Moves,
        OpType.Pad => ((Pad)op).Mode == PaddingMode.Constant ? Treatment.Float : Treatment.Moves,
        OpType.Add or OpType.Multiply or OpType.Concat or OpType.AveragePool or OpType.AdaptiveAveragePool or OpType.Affine or OpType.BatchNorm
            or OpType.Activation => Treatment.Computes,
        OpType.Conv2d or OpType.Linear or OpType.Quantize => Treatment.Float, // they begin and end regions
        OpType.Input or OpType.ChannelConv1d or OpType.GroupNorm or OpType.LayerNorm or OpType.LocalResponseNorm or OpType.PRelu or OpType.Softmax
            or OpType.RadixSoftmax or OpType.StochasticDepth or OpType.BlurPool => Treatment.Float,
    };

    private enum Treatment
    {
        Float,
        Moves,
        Computes,
    }
}
