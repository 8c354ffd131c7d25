using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The float32 numbers of one row of a block of 16 channels, in a map of blocks of 16, 8 or 4: four addresses of four channels each.</summary>
internal readonly unsafe struct FloatQuarters
{
    private const int Quarters = 4;
    private readonly float* _first, _second, _third, _fourth;

    /// <param name="map">The batch.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="row">The row; the block is one of 16 channels.</param>
    internal FloatQuarters(float* map, in BlockedLayout layout, MapRow row)
    {
        int perBlock = layout.Lanes / Quarters;
        int first = row.Block * Quarters;
        Count = Math.Min(Quarters, (layout.Blocks * perBlock) - first);
        Step = layout.Lanes;
        float* origin = map + ((nint)row.Image * layout.Length) + ((nint)row.Row * layout.RowStride) + layout.Origin;
        nint blockStride = layout.BlockStride;
        _first = At(origin, blockStride, first, perBlock);
        _second = At(origin, blockStride, first + (Count > 1 ? 1 : 0), perBlock); // where there are fewer, the first again
        _third = At(origin, blockStride, first + (Count > 2 ? 2 : 0), perBlock);
        _fourth = At(origin, blockStride, first + (Count > 3 ? 3 : 0), perBlock);
    }

    /// <summary>The quarters that the map has.</summary>
    internal int Count { get; }

    /// <summary>Floats from one pixel to the next.</summary>
    internal int Step { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TLanes Load<TLanes>(nint at) where TLanes : struct, IBlockLanes<TLanes> =>
        Step == MapRuns.Lanes ? TLanes.Load(_first + at) : TLanes.Load(_first + at, _second + at, _third + at, _fourth + at);

    /// <summary>Writes the quarters that the map has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Store<TLanes>(nint at, TLanes value) where TLanes : struct, IBlockLanes<TLanes>
    {
        if (Step == MapRuns.Lanes)
        {
            TLanes.Store(_first + at, value);
            return;
        }

        TLanes.StoreQuarter(_first + at, value, 0);
        if (Count > 1)
        {
            TLanes.StoreQuarter(_second + at, value, 1);
        }

        if (Count > 2)
        {
            TLanes.StoreQuarter(_third + at, value, 2);
        }

        if (Count > 3)
        {
            TLanes.StoreQuarter(_fourth + at, value, 3);
        }
    }

    private static float* At(float* origin, nint blockStride, int quarter, int perBlock) => origin + (quarter / perBlock * blockStride) + (quarter % perBlock * Quarters);
}
