using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;
using static Espalier.Onnx.OnnxAttribute;

namespace Espalier.Onnx;

/// <summary>Borders, and ops that move channels, as ONNX nodes.</summary>
internal static class ChannelExport
{
    /// <summary>A border of one value, or of pixels of the map; where channels have different values, these times a map of ones on the border are added to a border of zeros.</summary>
    /// <exception cref="EspalierException">Channels have different values that are not all finite, whose product with the zeros of that map is no zero.</exception>
    internal static string Pad(NodeExport node, Pad op)
    {
        string[] zeros = [node.Input, Pads(node, op.Padding)];
        if (op.Mode.IsRepeated())
        {
            return node.Result("Pad", zeros, Text("mode", op.Mode == PaddingMode.Reflect ? "reflect" : "edge"));
        }

        ReadOnlySpan<float> values = op.Mode == PaddingMode.Zero ? [] : node.Tensor("value").Read<float>();
        if (!values.ContainsAnyExcept(0f))
        {
            return Plain(node, zeros);
        }

        if (!values.ContainsAnyExcept(values[0]))
        {
            return Plain(node, [.. zeros, node.Number(values[0])]);
        }

        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new EspalierException($"'{node.Value}' pads a channel with {value.ToString(CultureInfo.InvariantCulture)} and others with other values; as an ONNX node, only finite values may differ between channels");
            }
        }

        string border = node.Step("Mul", [node.Constant("border", Border(node.OutputShape, op.Padding)), node.ChannelParameter("value")]);
        return node.Result("Add", [node.Step("Pad", zeros), border]);
    }

    /// <summary>A border of one value. ONNX Runtime makes it padding of a pool that follows, which for it is no zeros; a reshape to the same shape keeps them apart.</summary>
    private static string Plain(NodeExport node, string[] inputs) => node.IsReadOnlyByConvolutions
        ? node.Result("Pad", inputs)
        : node.Result("Reshape", [node.Step("Pad", inputs), node.BatchOf("shape", Extents(node.OutputShape))]);

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
