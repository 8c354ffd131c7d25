namespace Espalier.Graphs;

/// <summary>Output size of convolutions and pools (Dumoulin and Visin 2016, "A guide to convolution arithmetic").</summary>
public static class Window
{
    /// <summary>Output height and width for a kernel that slides over a map: ⌊(in + padding − dilation·(kernel−1) − 1) / stride⌋ + 1.</summary>
    /// <param name="inputs">The node's inputs, for error messages.</param>
    /// <param name="map">Input height and width.</param>
    /// <param name="kernel">Kernel size.</param>
    /// <param name="stride">Distance between neighbouring output pixels, in input pixels.</param>
    /// <param name="padding">Padding in pixels.</param>
    /// <param name="dilation">Distance between neighbouring kernel elements, in input pixels.</param>
    /// <param name="ceilMode">Round up instead of down, but never start a window beyond the map and its left padding (PyTorch's rule).</param>
    /// <exception cref="GraphException">An attribute is out of range, or the kernel is larger than the padded map.</exception>
    public static Size Slide(OpInputs inputs, Size map, Size kernel, Size stride, Padding padding, Size dilation, bool ceilMode = false)
    {
        inputs.Require(kernel is { Height: > 0, Width: > 0 }, $"expected a kernel of at least 1x1, found {kernel}");
        inputs.Require(stride is { Height: > 0, Width: > 0 }, $"expected a stride of at least 1, found {stride}");
        inputs.Require(dilation is { Height: > 0, Width: > 0 }, $"expected a dilation of at least 1, found {dilation}");
        inputs.Require(padding.IsValid, $"expected padding of at least 0, found {padding}");
        int height = Slide(map.Height, kernel.Height, stride.Height, padding.Top, padding.Bottom, dilation.Height, ceilMode);
        int width = Slide(map.Width, kernel.Width, stride.Width, padding.Left, padding.Right, dilation.Width, ceilMode);
        inputs.Require(height > 0 && width > 0, $"a {kernel} window with dilation {dilation} does not fit into a map of {map} with padding {padding}");
        return new Size(height, width);
    }

    /// <summary>Throws when a pool's padding exceeds half its kernel size (PyTorch's rule), so that no window consists of padding only.</summary>
    internal static void RequireHalfPadding(OpInputs inputs, Size kernel, Padding padding)
    {
        bool fits = Math.Max(padding.Top, padding.Bottom) <= kernel.Height / 2 && Math.Max(padding.Left, padding.Right) <= kernel.Width / 2;
        inputs.Require(fits, $"expected padding of at most half the {kernel} window, found {padding}");
    }

    private static int Slide(int extent, int kernel, int stride, int before, int after, int dilation, bool ceilMode)
    {
        long room = (long)extent + before + after - (((long)dilation * (kernel - 1)) + 1);
        room += ceilMode ? stride - 1 : 0;
        if (room < 0)
        {
            return 0;
        }

        long steps = (room / stride) + 1;
        if (ceilMode && (steps - 1) * stride >= (long)extent + before)
        {
            steps--;
        }

        return (int)Math.Min(steps, int.MaxValue);
    }
}
