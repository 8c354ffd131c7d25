namespace Espalier.Kernels;

/// <summary>Where the windows of a max or average pool lie.</summary>
/// <param name="KernelHeight">Rows of a window.</param>
/// <param name="KernelWidth">Columns of a window.</param>
public readonly record struct PoolGeometry(int KernelHeight, int KernelWidth)
{
    /// <summary>Input rows from one window to the next.</summary>
    public int StrideHeight { get; init; } = 1;

    /// <summary>Input columns from one window to the next.</summary>
    public int StrideWidth { get; init; } = 1;

    /// <summary>Pixels by which windows may reach over the edge.</summary>
    public Border Padding { get; init; }

    /// <summary>Input rows from one row of a window to the next; average pools allow 1 only.</summary>
    public int DilationHeight { get; init; } = 1;

    /// <summary>Input columns from one column of a window to the next; average pools allow 1 only.</summary>
    public int DilationWidth { get; init; } = 1;

    /// <summary>Whether a last window that only partly fits counts too.</summary>
    public bool CeilMode { get; init; }

    /// <summary>Whether padding counts, as zeros, in an average.</summary>
    public bool CountIncludePad { get; init; }

    /// <summary>Rows of the output for <paramref name="height"/> rows of input.</summary>
    public int OutputHeight(int height) =>
        Extent(height, Padding.Top, Padding.Bottom, ((KernelHeight - 1) * DilationHeight) + 1, StrideHeight);

    /// <summary>Columns of the output for <paramref name="width"/> columns of input.</summary>
    public int OutputWidth(int width) =>
        Extent(width, Padding.Left, Padding.Right, ((KernelWidth - 1) * DilationWidth) + 1, StrideWidth);

    /// <summary>The shape of the output.</summary>
    public ImageShape Output(ImageShape input) => new(input.Channels, OutputHeight(input.Height), OutputWidth(input.Width));

    /// <summary>The rows of the window that makes output row <paramref name="row"/>; a window may be partly or wholly outside the map.</summary>
    internal PoolWindow Rows(int row, int height) =>
        new((row * StrideHeight) - Padding.Top, KernelHeight, DilationHeight, height, Padding.Bottom);

    /// <summary>The columns of the window that makes output column <paramref name="column"/>.</summary>
    internal PoolWindow Columns(int column, int width) =>
        new((column * StrideWidth) - Padding.Left, KernelWidth, DilationWidth, width, Padding.Right);

    // PyTorch's rule (pooling_output_shape): with ceil mode, the last window must start inside the input or its leading padding.
    private int Extent(int size, int before, int after, int reach, int stride)
    {
        int room = size + before + after - reach + (CeilMode ? stride - 1 : 0);
        int count = room < 0 ? 0 : (room / stride) + 1;
        return CeilMode && count > 0 && (count - 1) * stride >= size + before ? count - 1 : count;
    }
}
