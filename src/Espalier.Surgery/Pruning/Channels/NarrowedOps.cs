using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Defines, for each op, the same op on the remaining channels.</summary>
internal static class NarrowedOps
{
    internal static Op Of(Graph graph, Node node, ChannelSelection selection) => node.Op.Type switch
    {
        OpType.Conv2d => Convolution(node, (Conv2d)node.Op, selection),
        OpType.Linear => (Linear)node.Op with { InFeatures = selection.Count(node.Inputs[0]), OutFeatures = selection.Count(node.Name) },
        OpType.BatchNorm => (BatchNorm)node.Op with { Channels = selection.Count(node.Name) },
        OpType.GroupNorm => Grouped((GroupNorm)node.Op, selection.Count(node.Name)),
        OpType.PRelu => ((PRelu)node.Op).Slopes == 1 ? node.Op : new PRelu(selection.Count(node.Name)),
        OpType.LayerNorm => (LayerNorm)node.Op with { Channels = selection.Count(node.Name) },
        OpType.Affine => (Affine)node.Op with { Channels = selection.Count(node.Name) },
        OpType.Pad => (Pad)node.Op with { Channels = selection.Count(node.Name) },
        OpType.ChannelSlice => new ChannelSlice(selection.Count(node.Inputs[0], 0, ((ChannelSlice)node.Op).Start), selection.Count(node.Name)),
        OpType.PadChannels => Padded(graph.ShapeOf(node.Name)[0], node, (PadChannels)node.Op, selection),
        OpType.Input or OpType.LocalResponseNorm or OpType.Quantize or OpType.Activation or OpType.Softmax or OpType.Add or OpType.Multiply or OpType.Concat
            or OpType.StochasticDepth or OpType.Dropout or OpType.Flatten or OpType.MaxPool or OpType.AveragePool or OpType.AdaptiveAveragePool
            or OpType.AdaptiveMaxPool or OpType.BlurPool or OpType.ChannelConv1d => node.Op, // no attribute depends on the number of channels
        OpType.ChannelShuffle or OpType.RadixSoftmax => node.Op, // the number of groups does not change
    };

    private static GroupNorm Grouped(GroupNorm op, int channels) => op with { Channels = channels, Groups = channels / (op.Channels / op.Groups) };

    private static Conv2d Convolution(Node node, Conv2d op, ChannelSelection selection)
    {
        int inChannels = selection.Count(node.Inputs[0]);
        int each = selection.Kept(node.Parameter("weight"), 1).Length;
        return op with { InChannels = inChannels, OutChannels = selection.Count(node.Name), Groups = inChannels / each };
    }

    private static PadChannels Padded(int channels, Node node, PadChannels op, ChannelSelection selection) =>
        new(selection.Count(node.Name, 0, op.Before), selection.Count(node.Name, channels - op.After, channels));
}
