using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Writes, or adds, the pixels of a map to every n-th pixel of a larger one.</summary>
internal readonly unsafe struct InterleaveJob : ILanesJob
{
    internal required BlockedLayout Map { get; init; }

    internal required BlockedLayout Target { get; init; }

    internal required float* From { get; init; }

    /// <summary>The first pixel to write.</summary>
    internal required float* To { get; init; }

    internal required int StrideHeight { get; init; }

    internal required int StrideWidth { get; init; }

    internal required bool Accumulate { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        nint step = StrideWidth * TLanes.Count;
        float* from = From;
        for (int block = 0; block < Map.Blocks; block++)
        {
            for (int row = 0; row < Map.Height; row++)
            {
                float* to = To + ((nint)block * Target.BlockStride) + ((nint)row * StrideHeight * Target.RowStride);
                for (float* end = from + Map.RowStride; from < end; from += TLanes.Count, to += step)
                {
                    TLanes value = TLanes.Load(from);
                    TLanes.Store(to, Accumulate ? TLanes.Add(TLanes.Load(to), value) : value);
                }
            }
        }
    }
}
