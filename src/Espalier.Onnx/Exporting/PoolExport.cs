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

        if (map.Height % op.Output.Height == 0 && map.Width % op.Output.Width == 0)
        {
            var kernel = new Size(map.Height / op.Output.Height, map.Width / op.Output.Width);
            return node.Result("AveragePool", [node.Input], Slide(new Window(kernel) { Stride = kernel }, map));
        }

        string columns = node.Step("MatMul", [node.Input, node.Constant("columns", Means(map.Width, op.Output.Width, byRow: false))]);
        return node.Result("MatMul", [node.Constant("rows", Means(map.Height, op.Output.Height, byRow: true)), columns]);
    }

    /// <summary>The maximum of everything, of equal windows, or of parts that overlap: those cut out one by one, axis by axis.</summary>
    internal static string AdaptiveMaxPool(NodeExport node, AdaptiveMaxPool op)
    {
        Size map = FeatureMap.Of(node.InputShape).Size;
        if (op.Output == 1)
        {
            return node.Result("GlobalMaxPool", [node.Input]);
        }

        if (map.Height % op.Output.Height == 0 && map.Width % op.Output.Width == 0)
        {
            var kernel = new Size(map.Height / op.Output.Height, map.Width / op.Output.Width);
            return node.Result("MaxPool", [node.Input], Slide(new Window(kernel) { Stride = kernel }, map));
        }

        string rows = node.Step("Concat", Maxima(node, node.Input, 2, map.Height, op.Output.Height), Integer("axis", 2));
        return node.Result("Concat", Maxima(node, rows, 3, map.Width, op.Output.Width), Integer("axis", 3));
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

    /// <summary>The maxima over the parts of an axis.</summary>
    private static string[] Maxima(NodeExport node, string value, int axis, int inputs, int outputs) => [.. Enumerable.Range(0, outputs).Select(i =>
    {
        (int first, int end) = Part(i, inputs, outputs);
        string part = node.Step("Slice", [value, node.Integers("starts", first), node.Integers("ends", end), node.Integers("axes", axis)]);
        return node.Reduce("ReduceMax", part, axis);
    })];

    private static (int First, int End) Part(int index, int inputs, int outputs) =>
        ((int)((long)index * inputs / outputs), (int)((((index + 1L) * inputs) + outputs - 1) / outputs));

    /// <summary>The matrix of means over part i of n along an axis: of outputs x inputs, or of inputs x outputs.</summary>
    private static Tensor Means(int inputs, int outputs, bool byRow)
    {
        Tensor matrix = Tensor.Zeros(byRow ? [outputs, inputs] : [inputs, outputs]);
        Span<float> weights = matrix.Write<float>();
        for (int i = 0; i < outputs; i++)
        {
            (int first, int end) = Part(i, inputs, outputs);
            for (int at = first; at < end; at++)
            {
                weights[byRow ? (i * inputs) + at : (at * outputs) + i] = 1f / (end - first);
            }
        }

        return matrix;
    }
}
