using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Where the windows of a max or average pool lie.</summary>
/// <param name="Kernel">Rows and columns of a window.</param>
public readonly record struct PoolGeometry(Size Kernel)
{
    /// <summary>Input pixels from one window to the next.</summary>
    public Size Stride { get; init; } = 1;

    /// <summary>Pixels by which windows may reach over the edge.</summary>
    public Padding Padding { get; init; }

    /// <summary>Input pixels from one tap of a window to the next; average pools allow 1 only.</summary>
    public Size Dilation { get; init; } = 1;

    /// <summary>Whether a last window that only partly fits counts too.</summary>
    public bool CeilMode { get; init; }

    /// <summary>Whether padding counts, as zeros, in an average.</summary>
    public bool CountIncludePad { get; init; }

    /// <summary>The shape of the output.</summary>
    public FeatureMap Output(FeatureMap input) =>
        FeatureMap.Of(input.Channels, new Window(Kernel) { Stride = Stride, Padding = Padding, Dilation = Dilation, CeilMode = CeilMode }.Output(input.Size));

    /// <summary>The rows of the window that makes output row <paramref name="row"/>; a window may be partly or wholly outside the map.</summary>
    internal PoolWindow Rows(int row, int height) =>
        new((row * Stride.Height) - Padding.Top, Kernel.Height, Dilation.Height, height, Padding.Bottom);

    /// <summary>The columns of the window that makes output column <paramref name="column"/>.</summary>
    internal PoolWindow Columns(int column, int width) =>
        new((column * Stride.Width) - Padding.Left, Kernel.Width, Dilation.Width, width, Padding.Right);
}
