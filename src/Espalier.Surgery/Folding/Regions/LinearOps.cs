using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The table from op to the linear map it is at inference.</summary>
internal static class LinearOps
{
    /// <summary>Whether the op is linear in what it reads, perhaps under conditions.</summary>
    internal static bool IsLinear(Op op) =>
        op is Conv2d or Linear or BatchNorm or AveragePool or Pad or PadChannels or ChannelSlice or ChannelShuffle || IsJoin(op);

    /// <summary>Whether it joins branches.</summary>
    internal static bool IsJoin(Op op) => op is Add or Concat or StochasticDepth;

    /// <summary>The map of an op with one input.</summary>
    /// <param name="model">The model.</param>
    /// <param name="node">A node whose op is linear and no join.</param>
    internal static MergeResult Read(Model model, Node node)
    {
        int channels = model.Graph.ShapeOf(node.Inputs[0])[0];
        return node.Op switch
        {
            Conv2d conv => Convolution(model, node, conv),
            Linear linear => WithBias(new LinearMap(linear.InFeatures, linear.OutFeatures, 1, Numbers(model, node, "weight")), model, node, linear.Bias),
            BatchNorm => ElementaryMaps.Scale(ChannelAffine.OfBatchNorm(model, node)),
            AveragePool pool => ElementaryMaps.AveragePool(channels, pool),
            Pad pad => ElementaryMaps.Pad(Numbers(model, node, "value"), pad.Padding),
            PadChannels pad => ElementaryMaps.PadChannels(channels, pad.Before, pad.After),
            ChannelSlice slice => ElementaryMaps.Slice(channels, slice.Start, slice.Count),
            ChannelShuffle shuffle => ElementaryMaps.Shuffle(channels, shuffle.Groups),
            _ => throw new ArgumentException($"{node.Op.Kind} is not linear in one input.", nameof(node)),
        };
    }

    /// <summary>The map of a convolution with its weights.</summary>
    private static LinearMap Convolution(Model model, Node node, Conv2d conv) =>
        WithBias(
            new LinearMap(conv.InChannels, conv.OutChannels, conv.Kernel, Numbers(model, node, "weight"), conv.Groups)
            {
                Stride = conv.Stride,
                Dilation = conv.Dilation,
                Padding = conv.Padding,
            },
            model,
            node,
            conv.Bias);

    private static LinearMap WithBias(LinearMap map, Model model, Node node, bool hasBias) =>
        hasBias ? map with { Bias = Numbers(model, node, "bias") } : map;

    private static double[] Numbers(Model model, Node node, string role) => Doubles.Of(model.Value(node, role));
}
