namespace Espalier.Tensors;

/// <summary>The window of a convolution or pool, and the arithmetic of its output size (Dumoulin and Visin 2016, "A guide to convolution arithmetic").</summary>
/// <param name="Kernel">Kernel size.</param>
public readonly record struct Window(Size Kernel)
{
    /// <summary>Distance between neighbouring output pixels, in input pixels.</summary>
    public Size Stride { get; init; } = 1;

    /// <summary>Padding in pixels.</summary>
    public Padding Padding { get; init; }

    /// <summary>Distance between neighbouring kernel elements, in input pixels.</summary>
    public Size Dilation { get; init; } = 1;

    /// <summary>Whether the output size is rounded up, but without a window that starts beyond the map and its leading padding (PyTorch's rule).</summary>
    public bool CeilMode { get; init; }

    /// <summary>Output height and width: ⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1; 0 where the window does not fit.</summary>
    /// <param name="map">Input height and width.</param>
    public Size Output(Size map) => new(
        Positions(map.Height, Padding.Top, Padding.Bottom, Kernel.Height, Stride.Height, Dilation.Height),
        Positions(map.Width, Padding.Left, Padding.Right, Kernel.Width, Stride.Width, Dilation.Width));

    /// <summary>The last input row and column that an output of this size reads, counted from the map's first pixel.</summary>
    /// <param name="output">Output height and width.</param>
    public (long Row, long Column) LastRead(Size output) => (
        ((output.Height - 1L) * Stride.Height) + ((Kernel.Height - 1L) * Dilation.Height) - Padding.Top,
        ((output.Width - 1L) * Stride.Width) + ((Kernel.Width - 1L) * Dilation.Width) - Padding.Left);

    /// <summary>The padding that is read; smaller than the padding where the stride does not reach the bottom or right.</summary>
    /// <param name="map">Input height and width.</param>
    /// <param name="output">Output height and width.</param>
    public Padding PaddingRead(Size map, Size output)
    {
        (long row, long column) = LastRead(output);
        return new Padding(Padding.Top, Padding.Left, (int)Math.Max(0, row + 1 - map.Height), (int)Math.Max(0, column + 1 - map.Width));
    }

    private int Positions(int extent, int before, int after, int kernel, int stride, int dilation)
    {
        long room = (long)extent + before + after - (((long)dilation * (kernel - 1)) + 1) + (CeilMode ? stride - 1 : 0);
        long positions = room < 0 ? 0 : (room / stride) + 1;
        bool isBeyond = CeilMode && positions > 0 && (positions - 1) * stride >= (long)extent + before;
        return (int)Math.Min(isBeyond ? positions - 1 : positions, int.MaxValue);
    }
}
