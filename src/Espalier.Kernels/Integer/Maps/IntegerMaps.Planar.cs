using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Espalier.Kernels;

internal static unsafe partial class IntegerMaps
{
    private const int Group = 4;
    private const int PixelsAtOnce = 16;

    /// <summary>Quantizes images in row-major order (channel, row, column): the input of a network.</summary>
    /// <param name="input">Batch x channels x height x width.</param>
    /// <param name="scale">Scale of the output.</param>
    /// <param name="to">Zero point and limits of the output.</param>
    /// <param name="output">Batch x <paramref name="y"/>.</param>
    /// <param name="y">Layout of the output, in blocks of 16, 4 or 3.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void QuantizePlanar(
        ReadOnlySpan<float> input, float scale, Requantization to, Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
    {
        nint plane = (nint)y.Height * y.Width;
        Expect.Length(input.Length, (long)batch * y.Channels * plane, nameof(input));
        y.ExpectBatch(batch, output.Length, nameof(output));
        Expect.That(y.Lanes is MapRuns.Lanes or Group || (y.Lanes == PixelRow.Lanes && y.Channels == PixelRow.Lanes), $"an 8-bit map of {y.Channels} channels in blocks of {y.Lanes}; expected blocks of 16, 4 or, for three channels, 3");
        bool adjacent = y.RowStride == y.Width * y.Lanes;
        (int begin, int end) = WorkSplit.Range(MapRow.Count(y, batch), part, parts);
        var target = new MapAddress(y);
        fixed (float* images = input)
        fixed (byte* first = output)
        {
            MapRow row = MapRow.At(begin, y);
            for (int unit = begin, rows; unit < end; unit += rows, row = MapRuns.Behind(row, rows, y))
            {
                rows = adjacent ? Math.Min(end - unit, y.Height - row.Row) : 1;
                for (int lane = 0; lane < y.Lanes && (row.Block * y.Lanes) + lane < y.Channels; lane += Group)
                {
                    int channel = (row.Block * y.Lanes) + lane;
                    float* from = images + ((((nint)row.Image * y.Channels) + channel) * plane) + ((nint)row.Row * y.Width);
                    var planes = new Planes(from, plane, Math.Min(Group, y.Channels - channel));
                    byte* pixels = first + target.Of(row) + lane;
                    if (BlockLanes512.IsSupported)
                    {
                        Interleave<BlockLanes512>(planes, scale, to, pixels, y.Lanes, (nint)rows * y.Width);
                    }
                    else
                    {
                        Interleave<BlockLanes128>(planes, scale, to, pixels, y.Lanes, (nint)rows * y.Width);
                    }
                }
            }
        }

        IntegerBorder.Fill(output, y, (byte)to.ZeroPoint, batch, part, parts);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave<TLanes>(Planes from, float scale, Requantization to, byte* pixels, int lanes, nint count) where TLanes : struct, IBlockLanes<TLanes>
    {
        TLanes low = TLanes.Broadcast(to.Low), high = TLanes.Broadcast(to.High), divisor = TLanes.Broadcast(scale);
        int zeroPoint = to.ZeroPoint;
        uint* together = stackalloc uint[PixelsAtOnce];
        nint i = 0;
        for (; i + PixelsAtOnce <= count; i += PixelsAtOnce)
        {
            TLanes first = Limited(from.First + i, divisor, low, high), second = first, third = first, fourth = first; // lanes without a channel hold another's
            if (from.Count > 1)
            {
                second = Limited(from.First + from.Stride + i, divisor, low, high);
            }

            if (from.Count > 2)
            {
                third = Limited(from.First + (2 * from.Stride) + i, divisor, low, high);
            }

            if (from.Count > 3)
            {
                fourth = Limited(from.First + (3 * from.Stride) + i, divisor, low, high);
            }

            if (lanes == Group)
            {
                TLanes.StoreInterleaved(pixels + (i * Group), first, second, third, fourth, zeroPoint);
                continue;
            }

            TLanes.StoreInterleaved((byte*)together, first, second, third, fourth, zeroPoint);
            if (lanes == PixelRow.Lanes)
            {
                StoreDense((byte*)together, pixels + (i * PixelRow.Lanes));
                continue;
            }

            for (nint j = 0; j < PixelsAtOnce; j++)
            {
                Unsafe.WriteUnaligned(pixels + ((i + j) * lanes), together[j]);
            }
        }

        for (; i < count; i++)
        {
            for (int channel = 0; channel < from.Count; channel++)
            {
                pixels[(i * lanes) + channel] = to.Round(from.First[(channel * from.Stride) + i] / scale);
            }
        }
    }

    /// <summary>Stores 16 pixels of four bytes without their last byte. Each store but the last also writes four bytes that the next one overwrites.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreDense(byte* from, byte* to)
    {
        const int Quarter = PixelsAtOnce / 4;
        Vector128<byte> without = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15);
        for (int i = 0; i < 3; i++)
        {
            Vector128.Store(Vector128.Shuffle(Vector128.Load(from + (i * Quarter * Group)), without), to + (i * Quarter * PixelRow.Lanes));
        }

        Vector128<byte> last = Vector128.Shuffle(Vector128.Load(from + (3 * Quarter * Group)), without);
        Vector64.Store(last.GetLower(), to + (3 * Quarter * PixelRow.Lanes));
        Unsafe.WriteUnaligned(to + (3 * Quarter * PixelRow.Lanes) + 8, last.AsUInt32()[2]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Limited<TLanes>(float* from, TLanes divisor, TLanes low, TLanes high) where TLanes : struct, IBlockLanes<TLanes> =>
        TLanes.LimitedOrZero(TLanes.Divide(TLanes.Load(from), divisor), low, high);

    /// <summary>One to four channels of an image.</summary>
    private readonly struct Planes(float* first, nint stride, int count)
    {
        internal float* First => first;

        /// <summary>Floats from one channel to the next.</summary>
        internal nint Stride => stride;

        internal int Count => count;
    }
}
