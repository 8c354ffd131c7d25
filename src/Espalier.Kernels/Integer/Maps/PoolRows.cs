using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>The reductions of pools over 8-bit maps.</summary>
internal static unsafe class PoolRows
{
    private const int Lanes = MapRuns.Lanes;

    /// <summary>The maximum: that of the rows at each column first, which neighbouring windows share, then that of the columns. 0 for no pixel.</summary>
    internal readonly struct Greatest(int columnDilation) : IPoolRow
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(byte* first, nint rowStep, PoolSpan rows, ReadOnlySpan<PoolSpan> columns, Span<byte> line, byte* to)
        {
            if (rows.Positions == 0)
            {
                new Span<byte>(to, columns.Length * Lanes).Clear();
                return;
            }

            fixed (byte* together = line)
            {
                byte* row = first;
                if (rows.Positions > 1)
                {
                    OfRows(first, rowStep, rows.Positions, together, line.Length);
                    row = together;
                }

                OfColumns(row, columns, (nint)columnDilation * Lanes, to);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void OfRows(byte* first, nint step, int rows, byte* to, nint length)
        {
            nint i = 0;
            for (; Vector512.IsHardwareAccelerated && i + 64 <= length; i += 64)
            {
                Vector512<byte> greatest = Vector512.Load(first + i);
                for (nint row = 1; row < rows; row++)
                {
                    greatest = Vector512.Max(greatest, Vector512.Load(first + (row * step) + i));
                }

                Vector512.Store(greatest, to + i);
            }

            for (; i < length; i += Lanes)
            {
                Vector128<byte> greatest = Vector128.Load(first + i);
                for (nint row = 1; row < rows; row++)
                {
                    greatest = Vector128.Max(greatest, Vector128.Load(first + (row * step) + i));
                }

                Vector128.Store(greatest, to + i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void OfColumns(byte* row, ReadOnlySpan<PoolSpan> columns, nint step, byte* to)
        {
            foreach (ref readonly PoolSpan span in columns)
            {
                byte* pixel = row + ((nint)span.First * Lanes);
                Vector128<byte> greatest = Vector128<byte>.Zero;
                if (span.Positions == 3)
                {
                    greatest = Vector128.Max(Vector128.Max(Vector128.Load(pixel), Vector128.Load(pixel + step)), Vector128.Load(pixel + (2 * step)));
                }
                else
                {
                    for (int i = 0; i < span.Positions; i++, pixel += step)
                    {
                        greatest = Vector128.Max(greatest, Vector128.Load(pixel));
                    }
                }

                Vector128.Store(greatest, to);
                to += Lanes;
            }
        }
    }

    /// <summary>The mean: the exact sum without zero points, times the multiplier of the window's count.</summary>
    internal readonly struct Mean<TLanes>(int inputZeroPoint, MeanMultipliers* multipliers, Requantization requantization) : IPoolRow
        where TLanes : struct, IBlockLanes<TLanes>
    {
        private const int MostIn16Bits = 257; // 257·255 = 65535

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(byte* first, nint rowStep, PoolSpan rows, ReadOnlySpan<PoolSpan> columns, Span<byte> line, byte* to)
        {
            TLanes low = TLanes.Broadcast(requantization.Low), high = TLanes.Broadcast(requantization.High), multiplier = TLanes.Broadcast(0);
            int zeroPoint = requantization.ZeroPoint;
            int count = 0; // that of the multiplier
            foreach (ref readonly PoolSpan span in columns)
            {
                int inside = rows.Positions * span.Positions;
                int divisor = inside == 0 ? 0 : rows.Divisor * span.Divisor;
                if (divisor != count)
                {
                    count = divisor;
                    multiplier = TLanes.Broadcast(multipliers->Of(count));
                }

                byte* pixel = first + ((nint)span.First * Lanes);
                (Vector256<uint> lower, Vector256<uint> upper) = inside <= MostIn16Bits
                    ? Vector256.Widen(Sum(pixel, rowStep, rows.Positions, span.Positions))
                    : LongSum(pixel, rowStep, rows.Positions, span.Positions);
                Vector256<int> zeroPoints = Vector256.Create(inside * inputZeroPoint);
                TLanes sum = TLanes.OfSums(lower.AsInt32() - zeroPoints, upper.AsInt32() - zeroPoints);
                TLanes.Store(to, TLanes.Multiply(sum, multiplier), low, high, zeroPoint);
                to += Lanes;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<ushort> Sum(byte* first, nint rowStep, int rows, int columns)
        {
            Vector256<ushort> sum = Vector256<ushort>.Zero;
            for (int row = 0; row < rows; row++, first += rowStep)
            {
                byte* pixel = first;
                for (int column = 0; column < columns; column++, pixel += Lanes)
                {
                    sum += Numbers(pixel);
                }
            }

            return sum;
        }

        private static (Vector256<uint> Lower, Vector256<uint> Upper) LongSum(byte* first, nint rowStep, int rows, int columns)
        {
            (Vector256<uint> lower, Vector256<uint> upper) = (Vector256<uint>.Zero, Vector256<uint>.Zero);
            int most = Math.Max(1, MostIn16Bits / columns); // rows at once
            for (int row = 0; row < rows; row += most)
            {
                for (int column = 0; column < columns; column += MostIn16Bits)
                {
                    byte* pixel = first + (row * rowStep) + ((nint)column * Lanes);
                    (Vector256<uint> a, Vector256<uint> b) = Vector256.Widen(Sum(pixel, rowStep, Math.Min(most, rows - row), Math.Min(MostIn16Bits, columns - column)));
                    lower += a;
                    upper += b;
                }
            }

            return (lower, upper);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<ushort> Numbers(byte* pixel)
        {
            Vector128<byte> numbers = Vector128.Load(pixel);
            return Avx2.IsSupported ? Avx2.ConvertToVector256Int16(numbers).AsUInt16() : Vector256.Create(Vector128.WidenLower(numbers), Vector128.WidenUpper(numbers));
        }
    }
}
