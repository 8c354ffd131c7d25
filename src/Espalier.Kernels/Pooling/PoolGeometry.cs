namespace Espalier.Kernels;

/// <summary>Kernel size, stride, padding and dilation of a max or average pool.</summary>
/// <param name="KernelHeight">Rows of a window.</param>
/// <param name="KernelWidth">Columns of a window.</param>
public readonly record struct PoolGeometry(int KernelHeight, int KernelWidth)
{
    /// <summary>Distance between neighbouring windows, in input rows.</summary>
    public int StrideHeight { get; init; } = 1;

    /// <summary>Distance between neighbouring windows, in input columns.</summary>
    public int StrideWidth { get; init; } = 1;

    /// <summary>Padding in pixels.</summary>
    public Border Padding { get; init; }

    /// <summary>Distance between neighbouring rows of a window, in input rows; must be 1 for average pools.</summary>
    public int DilationHeight { get; init; } = 1;

    /// <summary>Distance between neighbouring columns of a window, in input columns; must be 1 for average pools.</summary>
    public int DilationWidth { get; init; } = 1;

    /// <summary>Whether the output size is rounded up, so that the last window may extend beyond the padding.</summary>
    public bool CeilMode { get; init; }

    /// <summary>Whether an average includes the padding, as zeros.</summary>
    public bool CountIncludePad { get; init; }

    /// <summary>Output height for an input of <paramref name="height"/> rows.</summary>
    public int OutputHeight(int height) =>
        Extent(height, Padding.Top, Padding.Bottom, ((KernelHeight - 1) * DilationHeight) + 1, StrideHeight);

    /// <summary>Output width for an input of <paramref name="width"/> columns.</summary>
    public int OutputWidth(int width) =>
        Extent(width, Padding.Left, Padding.Right, ((KernelWidth - 1) * DilationWidth) + 1, StrideWidth);

    /// <summary>The shape of the output.</summary>
    public ImageShape Output(ImageShape input) => new(input.Channels, OutputHeight(input.Height), OutputWidth(input.Width));

    /// <summary>The rows of the window of output row <paramref name="row"/>; a window may be partly or entirely outside the map.</summary>
    internal PoolWindow Rows(int row, int height) =>
        new((row * StrideHeight) - Padding.Top, KernelHeight, DilationHeight, height, Padding.Bottom);

    /// <summary>The columns of the window of output column <paramref name="column"/>.</summary>
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
