using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>What convolutions and pools demand of their window.</summary>
internal static class WindowChecks
{
    /// <summary>Output rows and columns of a window over a map.</summary>
    /// <param name="inputs">The node, for the error.</param>
    /// <param name="map">What it slides over.</param>
    /// <param name="window">The window.</param>
    /// <exception cref="GraphException">An attribute is out of range, or the window is larger than the padded map.</exception>
    internal static Size Slide(OpInputs inputs, Size map, Window window)
    {
        inputs.Require(window.Kernel is { Height: > 0, Width: > 0 }, $"expected a kernel of at least 1x1, found {window.Kernel}");
        inputs.Require(window.Stride is { Height: > 0, Width: > 0 }, $"expected a stride of at least 1, found {window.Stride}");
        inputs.Require(window.Dilation is { Height: > 0, Width: > 0 }, $"expected a dilation of at least 1, found {window.Dilation}");
        inputs.Require(window.Padding.IsValid, $"expected padding of at least 0, found {window.Padding}");
        Size output = window.Output(map);
        inputs.Require(
            output is { Height: > 0, Width: > 0 }, $"a {window.Kernel} window with dilation {window.Dilation} does not fit into a map of {map} with padding {window.Padding}");
        return output;
    }

    /// <summary>The same for a pool, whose padding may not exceed half its window (PyTorch's rule), so that no window is all padding.</summary>
    internal static Size SlidePool(OpInputs inputs, Size map, Window window)
    {
        (Size kernel, Padding padding) = (window.Kernel, window.Padding);
        bool fits = Math.Max(padding.Top, padding.Bottom) <= kernel.Height / 2 && Math.Max(padding.Left, padding.Right) <= kernel.Width / 2;
        inputs.Require(fits, $"expected padding of at most half the {kernel} window, found {padding}");
        return Slide(inputs, map, window);
    }
}
