using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The table from op to the same op over the channels that stay.</summary>
internal static class NarrowedOps
{
    internal static Op Of(Graph graph, Node node, ChannelSelection selection) => node.Op switch
    {
        Conv2d conv => Convolution(node, conv, selection),
        Linear linear => linear with { InFeatures = selection.Count(node.Inputs[0]), OutFeatures = selection.Count(node.Name) },
        BatchNorm norm => norm with { Channels = selection.Count(node.Name) },
        GroupNorm norm => norm with { Channels = selection.Count(node.Name), Groups = selection.Count(node.Name) / (norm.Channels / norm.Groups) },
        Pad pad => pad with { Channels = selection.Count(node.Name) },
        ChannelSlice slice => new ChannelSlice(selection.Count(node.Inputs[0], 0, slice.Start), selection.Count(node.Name)),
        PadChannels pad => Padded(graph.ShapeOf(node.Name)[0], node, pad, selection),
        _ => node.Op, // has no attribute that counts channels; a shuffle has as many groups as before
    };

    private static Conv2d Convolution(Node node, Conv2d op, ChannelSelection selection)
    {
        int inChannels = selection.Count(node.Inputs[0]);
        int each = selection.Kept(node.Parameter("weight"), 1).Length;
        return op with { InChannels = inChannels, OutChannels = selection.Count(node.Name), Groups = inChannels / each };
    }

    private static PadChannels Padded(int channels, Node node, PadChannels op, ChannelSelection selection) =>
        new(selection.Count(node.Name, 0, op.Before), selection.Count(node.Name, channels - op.After, channels));
}
