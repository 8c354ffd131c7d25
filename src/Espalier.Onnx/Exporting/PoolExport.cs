using Espalier.Graphs;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using static Espalier.Onnx.OnnxAttribute;

namespace Espalier.Onnx;

/// <summary>Pools as ONNX nodes.</summary>
/// <remarks>
/// In ceil mode PyTorch leaves out a last window that would start beyond the map and its leading padding, and does not count what lies beyond the padding;
/// runtimes and versions of ONNX differ in both. What is written means the same to all of them.
/// </remarks>
internal static class PoolExport
{
    internal static string MaxPool(NodeExport node, MaxPool op) =>
        node.Result("MaxPool", [node.Input], [.. Slide(op.Window, FeatureMap.Of(node.InputShape).Size), Size("dilations", op.Dilation)]);

    internal static string AveragePool(NodeExport node, AveragePool op)
    {
        Size map = FeatureMap.Of(node.InputShape).Size;
        if (!op.CountIncludePad || op.Window.Output(map) == Whole(op.Window, map))
        {
            return node.Result("AveragePool", [node.Input], [.. Slide(op.Window, map), Flag("count_include_pad", op.CountIncludePad)]);
        }

        // A window extends beyond the padding: with the padding as pixels of the map, only what lies beyond is left out.
        Padding padding = op.Padding;
        string padded = padding.IsNone ? node.Input : node.Step("Pad", [node.Input, ChannelExport.Pads(node, padding)]);
        var size = new Size(map.Height + padding.Vertical, map.Width + padding.Horizontal);
        return node.Result("AveragePool", [padded], [.. Slide(op.Window with { Padding = Padding.None }, size), Flag("count_include_pad", false)]);
    }

    /// <summary>A mean of everything, of equal windows, or of parts that overlap: those as a product with the parts' weights, axis by axis.</summary>
    internal static string AdaptiveAveragePool(NodeExport node, AdaptiveAveragePool op)
    {
        Size map = FeatureMap.Of(node.InputShape).Size;
        if (op.Output == 1)
        {
            return node.Result("GlobalAveragePool", [node.Input]);
        }

        (AdaptiveParts rows, AdaptiveParts columns) = Parts(map, op.Output);
        if (rows.AreWindows && columns.AreWindows)
        {
            return node.Result("AveragePool", [node.Input], Slide(Blocks(new Size(map.Height / op.Output.Height, map.Width / op.Output.Width)), map));
        }

        string product = node.Step("MatMul", [node.Input, node.Constant("columns", columns.Means(byRow: false))]);
        return node.Result("MatMul", [node.Constant("rows", rows.Means(byRow: true)), product]);
    }

    /// <summary>The maximum of everything, or of equal windows: parts that overlap are first put one after the other, axis by axis.</summary>
    internal static string AdaptiveMaxPool(NodeExport node, AdaptiveMaxPool op)
    {
        Size map = FeatureMap.Of(node.InputShape).Size;
        if (op.Output == 1)
        {
            return node.Result("GlobalMaxPool", [node.Input]);
        }

        (AdaptiveParts rows, AdaptiveParts columns) = Parts(map, op.Output);
        string value = Gathered(node, node.Input, rows, "rows", 2);
        value = Gathered(node, value, columns, "columns", 3);
        var kernel = new Size(rows.Longest, columns.Longest);
        return node.Result("MaxPool", [value], Slide(Blocks(kernel), new Size(op.Output.Height * kernel.Height, op.Output.Width * kernel.Width)));
    }

    /// <summary>A depthwise convolution of a reflected border with the outer product of (1, 2, 1) / 4 with itself.</summary>
    internal static string BlurPool(NodeExport node)
    {
        Window window = Graphs.BlurPool.Window;
        int channels = node.InputShape[0];
        float[] row = [0.25f, 0.5f, 0.25f];
        float[] filter = [.. Enumerable.Range(0, window.Kernel.Area).Select(i => row[i / 3] * row[i % 3])];
        string weights = node.Target.Initializer(
            $"blur/{channels}", [channels, 1, window.Kernel.Height, window.Kernel.Width], () => Tensor.From([channels * filter.Length], [.. Enumerable.Repeat(filter, channels).SelectMany(each => each)]));
        string padded = node.Step("Pad", [node.Input, ChannelExport.Pads(node, window.Padding)], Text("mode", "reflect"));
        return node.Result("Conv", [padded, weights], Size("kernel_shape", window.Kernel), Size("strides", window.Stride), Integer("group", channels));
    }

    /// <summary>The attributes of a window. Rounding up is left to the runtime where no window is left out by PyTorch's rule.</summary>
    private static AttributeProto[] Slide(Window window, Size map)
    {
        Size output = window.Output(map);
        Size whole = Whole(window, map);
        bool ceil = window.CeilMode && output == RoundedUp(window, map);
        Padding padding = window.Padding;
        if (!ceil && output != whole) // rounded up along one axis only: the padding that makes it so
        {
            (long row, long column) = window.LastRead(output);
            padding = padding with
            {
                Bottom = output.Height == whole.Height ? padding.Bottom : (int)(row + 1 - map.Height),
                Right = output.Width == whole.Width ? padding.Right : (int)(column + 1 - map.Width),
            };
        }

        return [Size("kernel_shape", window.Kernel), Size("strides", window.Stride), Pads(padding), Flag("ceil_mode", ceil)];
    }

    /// <summary>The output size rounded down.</summary>
    private static Size Whole(Window window, Size map) => (window with { CeilMode = false }).Output(map);

    /// <summary>The output size rounded up by ONNX's formula, with every window.</summary>
    private static Size RoundedUp(Window window, Size map)
    {
        Size whole = Whole(window, map);
        return new Size(
            whole.Height + (Rest(map.Height + window.Padding.Vertical, window.Kernel.Height, window.Stride.Height, window.Dilation.Height) > 0 ? 1 : 0),
            whole.Width + (Rest(map.Width + window.Padding.Horizontal, window.Kernel.Width, window.Stride.Width, window.Dilation.Width) > 0 ? 1 : 0));
    }

    private static int Rest(int extent, int kernel, int stride, int dilation) => (extent - (dilation * (kernel - 1)) - 1) % stride;

    private static (AdaptiveParts Rows, AdaptiveParts Columns) Parts(Size map, Size output) => (new(map.Height, output.Height), new(map.Width, output.Width));

    /// <summary>Windows that lie side by side.</summary>
    private static Window Blocks(Size kernel) => new(kernel) { Stride = kernel };

    /// <summary>A value with the positions of an axis' parts one after the other.</summary>
    private static string Gathered(NodeExport node, string value, AdaptiveParts parts, string role, int axis) =>
        parts.AreWindows ? value : node.Step("Gather", [value, node.Integers(role, parts.Positions())], Integer("axis", axis));
}
