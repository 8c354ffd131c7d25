namespace Espalier.Kernels;

/// <summary>One axis of a pooling window, clipped to the map.</summary>
/// <param name="First">The position of the first tap on a pixel.</param>
/// <param name="Taps">How many taps are on pixels.</param>
/// <param name="Divisor">By how many pixels of this axis a mean divides.</param>
internal readonly record struct PoolSpan(int First, int Taps, int Divisor)
{
    internal static PoolSpan Of(PoolWindow window, bool countPadding) => window.Inside == 0
        ? new PoolSpan(0, 0, 1)
        : new PoolSpan(window.Position(window.First), window.Inside, countPadding ? window.InsideOrPadding : window.Inside);
}
