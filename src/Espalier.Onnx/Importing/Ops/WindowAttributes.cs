using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Kernel, stride, dilation and padding of a convolution or pool.</summary>
internal static class WindowAttributes
{
    /// <summary>Reads the window of a node over a feature map.</summary>
    /// <param name="node">A node with the attributes of ONNX's Conv or a pool.</param>
    /// <param name="kernel">Kernel size.</param>
    /// <param name="map">Height and width of the map, which the padding of <c>auto_pad</c> depends on.</param>
    /// <exception cref="UnsupportedNodeException">The attributes are not for two axes, or out of range.</exception>
    internal static Window Read(OnnxNode node, Size kernel, Size map)
    {
        var window = new Window(kernel)
        {
            Stride = Pair(node, "strides") ?? 1,
            Dilation = Pair(node, "dilations") ?? 1,
            CeilMode = node.Int("ceil_mode", 0) != 0,
        };
        if (window.Stride is not { Height: > 0, Width: > 0 } || window.Dilation is not { Height: > 0, Width: > 0 })
        {
            throw new UnsupportedNodeException($"its stride {window.Stride} and dilation {window.Dilation} are not at least 1");
        }

        return node.Text("auto_pad", "NOTSET") switch
        {
            "NOTSET" or "" => window with { Padding = Pads(node.Ints("pads")) },
            "VALID" => window,
            "SAME_UPPER" => window with { Padding = Same(window, map, isUpper: true) },
            "SAME_LOWER" => window with { Padding = Same(window, map, isUpper: false) },
            string other => throw new UnsupportedNodeException($"its auto_pad '{OnnxFile.Shown(other)}' is not known"),
        };
    }

    /// <summary>An attribute that is a pair, height first.</summary>
    /// <exception cref="UnsupportedNodeException">It has another number of values, or one is no 31-bit number.</exception>
    internal static Size? Pair(OnnxNode node, string name) => node.Ints(name) switch
    {
        null => null,
        [long height, long width] when height is >= 0 and <= int.MaxValue && width is >= 0 and <= int.MaxValue => new Size((int)height, (int)width),
        long[] others => throw new UnsupportedNodeException($"its {name} are [{string.Join(", ", others.Take(4))}], where two numbers are expected, of height and width"),
    };

    /// <summary>Padding from ONNX's order: all beginnings, then all ends.</summary>
    /// <exception cref="UnsupportedNodeException">There are not two beginnings and two ends, or one is negative.</exception>
    internal static Padding Pads(long[]? pads) => pads switch
    {
        null => Padding.None,
        [long top, long left, long bottom, long right] when pads.All(pad => pad is >= 0 and <= int.MaxValue) => new Padding((int)top, (int)left, (int)bottom, (int)right),
        _ => throw new UnsupportedNodeException($"its pads are [{string.Join(", ", pads.Take(8))}], where four numbers of at least 0 are expected"),
    };

    /// <summary>Padding with which the output is the input divided by the stride, rounded up; an odd pixel is put at the end (upper) or the beginning.</summary>
    private static Padding Same(Window window, Size map, bool isUpper)
    {
        int vertical = Total(map.Height, window.Kernel.Height, window.Stride.Height, window.Dilation.Height);
        int horizontal = Total(map.Width, window.Kernel.Width, window.Stride.Width, window.Dilation.Width);
        (int top, int left) = isUpper ? (vertical / 2, horizontal / 2) : ((vertical + 1) / 2, (horizontal + 1) / 2);
        return new Padding(top, left, vertical - top, horizontal - left);
    }

    private static int Total(int extent, int kernel, int stride, int dilation)
    {
        long needed = ((((long)extent + stride - 1) / stride) - 1) * stride;
        return (int)Math.Clamp(needed + ((kernel - 1L) * dilation) + 1 - extent, 0, int.MaxValue);
    }
}
