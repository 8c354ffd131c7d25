using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Maximum and mean of a window.</summary>
internal static unsafe class PoolReductions
{
    /// <summary>−∞ for no pixel, as in PyTorch.</summary>
    internal readonly struct Greatest : IPoolReduction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(in WindowPixels window) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes greatest = TLanes.Broadcast(float.NegativeInfinity);
            float* row = window.First;
            for (int i = 0; i < window.Rows; i++, row += window.RowStep)
            {
                float* pixel = row;
                for (int j = 0; j < window.Columns; j++, pixel += window.ColumnStep)
                {
                    greatest = TLanes.MaxOrNaN(greatest, TLanes.Load(pixel));
                }
            }

            return greatest;
        }
    }

    /// <summary>0 for no pixel, as in PyTorch.</summary>
    internal readonly struct Mean : IPoolReduction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(in WindowPixels window) where TLanes : unmanaged, ILanes<TLanes>
        {
            // Row by row: partial sums have smaller rounding errors than one long sum, as in a global pool over a large map.
            TLanes sum = TLanes.Zero;
            float* row = window.First;
            for (int i = 0; i < window.Rows; i++, row += window.RowStep)
            {
                sum = TLanes.Add(sum, SumOfRow<TLanes>(row, window.Columns, window.ColumnStep));
            }

            return TLanes.Divide(sum, TLanes.Broadcast(window.Divisor));
        }

        // Two sums at a time hide half of the addition's latency.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes SumOfRow<TLanes>(float* pixel, int columns, nint step) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes even = TLanes.Zero;
            TLanes odd = TLanes.Zero;
            for (; columns >= 2; columns -= 2, pixel += 2 * step)
            {
                even = TLanes.Add(even, TLanes.Load(pixel));
                odd = TLanes.Add(odd, TLanes.Load(pixel + step));
            }

            return TLanes.Add(columns == 1 ? TLanes.Add(even, TLanes.Load(pixel)) : even, odd);
        }
    }
}
