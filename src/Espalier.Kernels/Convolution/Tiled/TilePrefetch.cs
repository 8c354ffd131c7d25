using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Prefetching of register tiles. There are no loops here, because they would disturb the branch prediction of the surrounding loops.</summary>
internal static unsafe class TilePrefetch<TLanes, TWidth, TVectors>
    where TLanes : unmanaged, ILanes<TLanes>
    where TWidth : unmanaged, IConstant
    where TVectors : unmanaged, IConstant
{
    /// <summary>Prefetches the cache lines of the current input block that the next tile reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Pixels(float* first, float* second, nint stride, bool wanted)
    {
        if (wanted)
        {
            if (sizeof(TWidth) > 0) Prefetch.Line(first);
            if (sizeof(TWidth) > 1) Prefetch.Line(second);
            if (sizeof(TWidth) > 2) Prefetch.Line(first + stride);
            if (sizeof(TWidth) > 3) Prefetch.Line(second + stride);
            if (sizeof(TWidth) > 4) Prefetch.Line(first + (2 * stride));
            if (sizeof(TWidth) > 5) Prefetch.Line(second + (2 * stride));
            if (sizeof(TWidth) > 6) Prefetch.Line(first + (3 * stride));
            if (sizeof(TWidth) > 7) Prefetch.Line(second + (3 * stride));
            if (sizeof(TWidth) > 8) Prefetch.Line(first + (4 * stride));
            if (sizeof(TWidth) > 9) Prefetch.Line(second + (4 * stride));
            if (sizeof(TWidth) > 10) Prefetch.Line(first + (5 * stride));
            if (sizeof(TWidth) > 11) Prefetch.Line(second + (5 * stride));
            if (sizeof(TWidth) > 12) Prefetch.Line(first + (6 * stride));
            if (sizeof(TWidth) > 13) Prefetch.Line(second + (6 * stride));
        }
    }

    /// <summary>Prefetches the cache lines of the output and the residual for one pixel of each run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Results(TileArguments* tile, nint index)
    {
        index *= TLanes.Count;
        Lines(tile->Output + index, tile->SecondOutput + index, tile->OutputBlockStride);
        if (tile->Residual != null)
        {
            Lines(tile->Residual + index, tile->SecondResidual + index, tile->ResidualBlockStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Lines(float* first, float* second, nint next)
    {
        Prefetch.Line(first);
        if (sizeof(TVectors) > 1) Prefetch.Line(first + next);
        if (sizeof(TWidth) > 1) Prefetch.Line(second);
        if (sizeof(TWidth) > 1 && sizeof(TVectors) > 1) Prefetch.Line(second + next);
    }
}
