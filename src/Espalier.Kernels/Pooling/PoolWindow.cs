namespace Espalier.Kernels;

/// <summary>One axis of a pooling window: the positions <c>Start + i·Dilation</c>, i from 0, of an axis of <c>Size</c> pixels.</summary>
/// <param name="Start">The first position; negative in the padding.</param>
/// <param name="Positions">Number of positions.</param>
/// <param name="Dilation">Distance between positions.</param>
/// <param name="Size">Number of pixels of the axis.</param>
/// <param name="PaddingAfter">Padding after the last pixel.</param>
internal readonly record struct PoolWindow(int Start, int Positions, int Dilation, int Size, int PaddingAfter)
{
    /// <summary>The window of output position <paramref name="index"/> of <paramref name="outputSize"/> of an adaptive pool.</summary>
    public static PoolWindow Adaptive(int index, int size, int outputSize)
    {
        int start = (int)((long)index * size / outputSize);
        int end = (int)(((((long)index + 1) * size) + outputSize - 1) / outputSize);
        return new PoolWindow(start, end - start, 1, size, 0);
    }

    /// <summary>Index of the first position on a pixel.</summary>
    public int First => Start >= 0 ? 0 : Math.Min(Positions, (-Start + Dilation - 1) / Dilation);

    /// <summary>One past the index of the last position on a pixel; never before <see cref="First"/>.</summary>
    public int End => Math.Max(First, Math.Min(Positions, Start >= Size ? 0 : ((Size - 1 - Start) / Dilation) + 1));

    /// <summary>Number of positions on pixels.</summary>
    public int Inside => End - First;

    /// <summary>Number of positions on pixels or padding: as in PyTorch, those beyond the padding, which the last window in ceil mode may have, do not count. Without dilation.</summary>
    public int InsideOrPadding => Math.Min(Start + Positions, Size + PaddingAfter) - Start;

    /// <summary>The pixel of position <paramref name="position"/>.</summary>
    public int Position(int position) => Start + (position * Dilation);
}
