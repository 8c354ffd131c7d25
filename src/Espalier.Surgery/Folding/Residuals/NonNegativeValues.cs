using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Finds the nodes of a network whose outputs are never negative for any input, from their ops.</summary>
internal static class NonNegativeValues
{
    internal static HashSet<string> Of(Graph graph)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (Node node in graph.Nodes.Where(node => IsNonNegative(node, found)))
        {
            found.Add(node.Name);
        }

        return found;
    }

    private static bool IsNonNegative(Node node, HashSet<string> found) => node.Op.Type switch
    {
        OpType.Softmax or OpType.RadixSoftmax => true,
        OpType.Activation => ((ActivationOp)node.Op).Activation.IsNonNegative,
        OpType.Pad => ((Pad)node.Op).Mode != PaddingMode.Constant && found.Contains(node.Inputs[0]),
        OpType.MaxPool or OpType.AveragePool or OpType.AdaptiveAveragePool or OpType.AdaptiveMaxPool or OpType.BlurPool or OpType.Add or OpType.Concat
            or OpType.Multiply or OpType.StochasticDepth or OpType.ChannelSlice or OpType.ChannelShuffle or OpType.PadChannels or OpType.Flatten
            or OpType.Dropout or OpType.LocalResponseNorm or OpType.Quantize => node.Inputs.All(found.Contains),
        OpType.Input or OpType.Conv2d or OpType.Linear or OpType.BatchNorm or OpType.GroupNorm or OpType.LayerNorm or OpType.Affine or OpType.ChannelConv1d or OpType.PRelu => false,
    };
}
