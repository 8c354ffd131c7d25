namespace Espalier.Kernels;

/// <summary>One axis of a pooling window, clipped to the map.</summary>
/// <param name="First">The first position of the window that lies on a pixel.</param>
/// <param name="Positions">Number of positions that lie on pixels.</param>
/// <param name="Divisor">Number of pixels of this axis in the divisor of a mean.</param>
internal readonly record struct PoolSpan(int First, int Positions, int Divisor)
{
    internal static PoolSpan Of(PoolWindow window, bool countPadding) => window.Inside == 0
        ? new PoolSpan(0, 0, 1)
        : new PoolSpan(window.Position(window.First), window.Inside, countPadding ? window.InsideOrPadding : window.Inside);

    /// <summary>The spans of a pool's output rows, then those of its columns.</summary>
    /// <param name="spans">Receives output height + output width spans.</param>
    /// <param name="geometry">The windows, or <see langword="null"/> for an adaptive pool.</param>
    /// <param name="input">The pool's input.</param>
    /// <param name="output">The pool's output.</param>
    internal static void Fill(Span<PoolSpan> spans, PoolGeometry? geometry, BlockedLayout input, BlockedLayout output)
    {
        bool countPadding = geometry?.CountIncludePad ?? false;
        for (int y = 0; y < output.Height; y++)
        {
            spans[y] = Of(geometry?.Rows(y, input.Height) ?? PoolWindow.Adaptive(y, input.Height, output.Height), countPadding);
        }

        for (int x = 0; x < output.Width; x++)
        {
            spans[output.Height + x] = Of(geometry?.Columns(x, input.Width) ?? PoolWindow.Adaptive(x, input.Width, output.Width), countPadding);
        }
    }
}
