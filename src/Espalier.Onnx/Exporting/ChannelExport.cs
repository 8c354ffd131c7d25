using Espalier.Graphs;
using Espalier.Tensors;
using static Espalier.Onnx.OnnxAttribute;

namespace Espalier.Onnx;

/// <summary>Borders, and ops that move channels, as ONNX nodes.</summary>
internal static class ChannelExport
{
    /// <summary>A border of zeros, or of pixels of the map; where a channel has another value, that value times a map of ones on the border is added.</summary>
    internal static string Pad(NodeExport node, Pad op)
    {
        string[] zeros = [node.Input, Pads(node, op.Padding)];
        if (op.Mode.IsRepeated())
        {
            return node.Result("Pad", zeros, Text("mode", op.Mode == PaddingMode.Reflect ? "reflect" : "edge"));
        }

        if (op.Mode == PaddingMode.Zero || !node.Tensor("value").Read<float>().ContainsAnyExcept(0f))
        {
            return node.Result("Pad", zeros);
        }

        string border = node.Step("Mul", [node.Constant("border", Border(node.OutputShape, op.Padding)), node.ChannelParameter("value")]);
        return node.Result("Add", [node.Step("Pad", zeros), border]);
    }

    /// <summary>The constant of a Pad node for a batch of maps: the beginnings of all axes, then their ends.</summary>
    internal static string Pads(NodeExport node, Padding padding) =>
        node.Integers("pads", 0, 0, padding.Top, padding.Left, 0, 0, padding.Bottom, padding.Right);

    internal static string PadChannels(NodeExport node, PadChannels op)
    {
        int rank = node.InputShape.Rank + 1;
        long[] pads = new long[2 * rank];
        (pads[1], pads[rank + 1]) = (op.Before, op.After);
        return node.Result("Pad", [node.Input, node.Integers("pads", pads)]);
    }

    internal static string Slice(NodeExport node, ChannelSlice op) => node.Result(
        "Slice", [node.Input, node.Integers("starts", op.Start), node.Integers("ends", op.Start + op.Count), node.Integers("axes", 1)]);

    internal static string Shuffle(NodeExport node, ChannelShuffle op)
    {
        FeatureMap map = FeatureMap.Of(node.InputShape);
        string groups = node.Reshape(node.Input, "groups", op.Groups, map.Channels / op.Groups, map.Height, map.Width);
        string mixed = node.Step("Transpose", [groups], Integers("perm", 0, 2, 1, 3, 4));
        return node.Result("Reshape", [mixed, node.BatchOf("shape", map.Channels, map.Height, map.Width)]);
    }

    /// <summary>The channels as the only axis of one channel.</summary>
    internal static string Convolution(NodeExport node, ChannelConv1d op)
    {
        int channels = node.InputShape[0], padding = op.Kernel / 2;
        string row = node.Reshape(node.Input, "row", 1, channels);
        string result = node.Step("Conv", [row, .. node.Parameters], Integers("kernel_shape", op.Kernel), Integers("pads", padding, padding));
        return node.Result("Reshape", [result, node.BatchOf("shape", Extents(node.OutputShape))]);
    }

    /// <summary>The groups as an axis.</summary>
    internal static string RadixSoftmax(NodeExport node, RadixSoftmax op)
    {
        string groups = node.Step("Softmax", [node.Reshape(node.Input, "groups", op.Radix, -1)], Integer("axis", 1));
        return node.Result("Reshape", [groups, node.BatchOf("shape", Extents(node.OutputShape))]);
    }

    private static long[] Extents(Shape shape) => [.. shape.Extents.Select(extent => (long)extent)];

    /// <summary>Height x width: 1 on the border, 0 inside.</summary>
    private static Tensor Border(Shape padded, Padding padding)
    {
        (int height, int width) = (padded[1], padded[2]);
        Tensor border = Tensor.Zeros([height, width]);
        Span<float> ones = border.Write<float>();
        for (int i = 0; i < ones.Length; i++)
        {
            (int row, int column) = (i / width, i % width);
            bool inside = row >= padding.Top && row < height - padding.Bottom && column >= padding.Left && column < width - padding.Right;
            ones[i] = inside ? 0 : 1;
        }

        return border;
    }
}
