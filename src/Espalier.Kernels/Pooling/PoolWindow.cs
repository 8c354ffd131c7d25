namespace Espalier.Kernels;

/// <summary>One axis of a pooling window: the taps <c>Start + i·Dilation</c> for i in [0, Taps) of an axis of <c>Size</c> pixels.</summary>
/// <param name="Start">The position of the first tap; negative in the padding.</param>
/// <param name="Taps">How many taps.</param>
/// <param name="Dilation">The distance of two taps.</param>
/// <param name="Size">Pixels of the axis.</param>
/// <param name="PaddingAfter">Pixels of padding behind the last.</param>
internal readonly record struct PoolWindow(int Start, int Taps, int Dilation, int Size, int PaddingAfter)
{
    /// <summary>The window that makes position <paramref name="index"/> of <paramref name="outputSize"/> of an adaptive pool.</summary>
    public static PoolWindow Adaptive(int index, int size, int outputSize)
    {
        int start = (int)((long)index * size / outputSize);
        int end = (int)(((((long)index + 1) * size) + outputSize - 1) / outputSize);
        return new PoolWindow(start, end - start, 1, size, 0);
    }

    /// <summary>The first tap on a pixel.</summary>
    public int First => Start >= 0 ? 0 : Math.Min(Taps, (-Start + Dilation - 1) / Dilation);

    /// <summary>The tap behind the last one on a pixel; never before <see cref="First"/>.</summary>
    public int End => Math.Max(First, Math.Min(Taps, Start >= Size ? 0 : ((Size - 1 - Start) / Dilation) + 1));

    /// <summary>Taps on pixels.</summary>
    public int Inside => End - First;

    /// <summary>Taps on pixels or padding: PyTorch leaves out what reaches beyond the padding, as the last window in ceil mode may. Without dilation.</summary>
    public int InsideOrPadding => Math.Min(Start + Taps, Size + PaddingAfter) - Start;

    /// <summary>The position of tap <paramref name="tap"/>.</summary>
    public int Position(int tap) => Start + (tap * Dilation);
}
