using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The linear map that each op computes at inference.</summary>
internal static class LinearOps
{
    /// <summary>Whether the op is linear in its inputs; whether it can be written as a map may depend on its attributes.</summary>
    internal static bool IsLinear(Op op) => IsJoin(op) || op.Type switch
    {
        OpType.Pad => !((Pad)op).Mode.IsRepeated(),
        OpType.BatchNorm => ((BatchNorm)op).RunningStatistics,
        OpType.Conv2d or OpType.Linear => !QuantizedLayer.Is(op), // a merge would be rounded differently
        OpType.Affine or OpType.AveragePool or OpType.PadChannels or OpType.ChannelSlice
            or OpType.ChannelShuffle or OpType.Add or OpType.Concat or OpType.StochasticDepth => true,
        OpType.AdaptiveAveragePool or OpType.BlurPool or OpType.ChannelConv1d or OpType.Flatten or OpType.Dropout => false, // also linear, but no map that can be written as a layer
        OpType.Input or OpType.GroupNorm or OpType.LayerNorm or OpType.LocalResponseNorm or OpType.Quantize or OpType.Activation or OpType.PRelu or OpType.Softmax or OpType.RadixSoftmax
            or OpType.Multiply or OpType.MaxPool or OpType.AdaptiveMaxPool => false,
    };

    /// <summary>Whether the op joins branches.</summary>
    internal static bool IsJoin(Op op) => op is Add or Concat or StochasticDepth;

    /// <summary>The kernel size of an op that sums over pixels or channels; <see langword="null"/> for all others.</summary>
    internal static Size? KernelOf(Op op) => op.Type switch
    {
        OpType.Conv2d => ((Conv2d)op).Kernel,
        OpType.AveragePool => ((AveragePool)op).Kernel,
        OpType.Linear => 1,
        OpType.Input or OpType.BatchNorm or OpType.GroupNorm or OpType.LayerNorm or OpType.LocalResponseNorm or OpType.Affine or OpType.Quantize or OpType.Activation
            or OpType.Softmax or OpType.Add or OpType.Multiply or OpType.Concat or OpType.StochasticDepth or OpType.Dropout or OpType.Flatten
            or OpType.MaxPool or OpType.AdaptiveAveragePool or OpType.AdaptiveMaxPool or OpType.BlurPool or OpType.ChannelConv1d or OpType.PRelu or OpType.RadixSoftmax
            or OpType.Pad or OpType.PadChannels or OpType.ChannelSlice or OpType.ChannelShuffle => null,
    };

    /// <summary>The map of an op with one input.</summary>
    /// <param name="model">The model.</param>
    /// <param name="node">A node whose op is linear and has one input.</param>
    internal static MergeResult Read(Model model, Node node)
    {
        int channels = model.Graph.ShapeOf(node.Inputs[0])[0];
        return node.Op.Type switch
        {
            OpType.Conv2d => Convolution(model, node, (Conv2d)node.Op),
            OpType.Linear => FullyConnected(model, node, (Linear)node.Op),
            OpType.BatchNorm or OpType.Affine => ElementaryMaps.Scale(ChannelAffine.Of(model, node)),
            OpType.AveragePool => ElementaryMaps.AveragePool(channels, (AveragePool)node.Op),
            OpType.Pad => ElementaryMaps.Pad(((Pad)node.Op).Mode == PaddingMode.Zero ? new double[channels] : Numbers(model, node, "value"), ((Pad)node.Op).Padding),
            OpType.PadChannels => ElementaryMaps.PadChannels(channels, ((PadChannels)node.Op).Before, ((PadChannels)node.Op).After),
            OpType.ChannelSlice => ElementaryMaps.Slice(channels, ((ChannelSlice)node.Op).Start, ((ChannelSlice)node.Op).Count),
            OpType.ChannelShuffle => ElementaryMaps.Shuffle(channels, ((ChannelShuffle)node.Op).Groups),
            OpType.Input or OpType.GroupNorm or OpType.LayerNorm or OpType.LocalResponseNorm or OpType.Quantize or OpType.Activation or OpType.Softmax or OpType.Add
                or OpType.Multiply or OpType.Concat or OpType.StochasticDepth or OpType.Dropout or OpType.Flatten or OpType.MaxPool
                or OpType.AdaptiveAveragePool or OpType.AdaptiveMaxPool or OpType.BlurPool or OpType.ChannelConv1d or OpType.PRelu or OpType.RadixSoftmax =>
                throw new ArgumentException($"{node.Op.Kind} is not linear in one input.", nameof(node)),
        };
    }

    private static LinearMap FullyConnected(Model model, Node node, Linear linear) =>
        WithBias(new LinearMap(linear.InFeatures, linear.OutFeatures, 1, Numbers(model, node, "weight")), model, node, linear.Bias);

    /// <summary>The map of a convolution with its weights.</summary>
    private static LinearMap Convolution(Model model, Node node, Conv2d conv) =>
        WithBias(
            new LinearMap(conv.InChannels, conv.OutChannels, conv.Kernel, StandardizedWeights.Numbers(model, node), conv.Groups)
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
