using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Kernel size, stride, padding and dilation of a max or average pool.</summary>
/// <param name="Kernel">Rows and columns of a window.</param>
internal readonly record struct PoolGeometry(Size Kernel)
{
    /// <summary>Input pixels from one window to the next.</summary>
    public Size Stride { get; init; } = 1;

    /// <summary>Padding in pixels.</summary>
    public Padding Padding { get; init; }

    /// <summary>Input pixels from one kernel position of a window to the next; average pools allow 1 only.</summary>
    public Size Dilation { get; init; } = 1;

    /// <summary>Whether the output size is rounded up, so that the last window may extend beyond the padding.</summary>
    public bool CeilMode { get; init; }

    /// <summary>Whether an average includes the padding, as zeros.</summary>
    public bool CountIncludePad { get; init; }

    /// <summary>The shape of the output.</summary>
    public FeatureMap Output(FeatureMap input) =>
        FeatureMap.Of(input.Channels, new Window(Kernel) { Stride = Stride, Padding = Padding, Dilation = Dilation, CeilMode = CeilMode }.Output(input.Size));

    /// <summary>The rows of the window of output row <paramref name="row"/>; a window may be partly or entirely outside the map.</summary>
    internal PoolWindow Rows(int row, int height) =>
        new((row * Stride.Height) - Padding.Top, Kernel.Height, Dilation.Height, height, Padding.Bottom);

    /// <summary>The columns of the window of output column <paramref name="column"/>.</summary>
    internal PoolWindow Columns(int column, int width) =>
        new((column * Stride.Width) - Padding.Left, Kernel.Width, Dilation.Width, width, Padding.Right);
}
