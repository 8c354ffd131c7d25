using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

internal static unsafe partial class IntegerMaps
{
    /// <summary>Quantizes a map of float32 numbers (<see cref="Reference.Quantize(ReadOnlySpan{float}, float, Requantization, Span{byte})"/>).</summary>
    /// <param name="input">Batch x <paramref name="x"/>.</param>
    /// <param name="x">Layout of the input, in blocks of 16, 8 or 4.</param>
    /// <param name="scale">Scale of the output.</param>
    /// <param name="to">Zero point and limits of the output.</param>
    /// <param name="output">Batch x <paramref name="y"/>.</param>
    /// <param name="y">Layout of the output, in blocks of 16 or 4.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Quantize(
        ReadOnlySpan<float> input, in BlockedLayout x, float scale, Requantization to, Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
    {
        ExpectSameMap(x, y);
        x.ExpectBatch(batch, input.Length, nameof(input));
        y.ExpectBatch(batch, output.Length, nameof(output));
        (int begin, int end) = WorkSplit.Range(MapRow.Count(y, batch), part, parts);
        var target = new MapAddress(y);
        fixed (float* from = input)
        fixed (byte* first = output)
        {
            MapRow row = MapRow.At(begin, y);
            for (int unit = begin; unit < end; unit++, row = row.Next(y))
            {
                if (y.Lanes != MapRuns.Lanes)
                {
                    QuantizeLanes(from + ((nint)row.Image * x.Length), x, scale, to, first + target.Of(row), y, row);
                }
                else if (BlockLanes512.IsSupported)
                {
                    QuantizeRow<BlockLanes512>(new FloatQuarters(from, x, row), scale, to, first + target.Of(row), y.Width);
                }
                else
                {
                    QuantizeRow<BlockLanes128>(new FloatQuarters(from, x, row), scale, to, first + target.Of(row), y.Width);
                }
            }
        }

        IntegerBorder.Fill(output, y, (byte)to.ZeroPoint, batch, part, parts);
    }

    /// <summary>The values of 8-bit numbers: (x − zero point)·scale; lanes without a channel and the border become 0.</summary>
    /// <param name="input">Batch x <paramref name="x"/>.</param>
    /// <param name="x">Layout of the input, in blocks of 16 or 4.</param>
    /// <param name="scale">Scale of the input.</param>
    /// <param name="zeroPoint">Zero point of the input.</param>
    /// <param name="output">Batch x <paramref name="y"/>.</param>
    /// <param name="y">Layout of the output, in blocks of 16, 8 or 4.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Dequantize(
        ReadOnlySpan<byte> input, in BlockedLayout x, float scale, int zeroPoint, Span<float> output, in BlockedLayout y, int batch, int part, int parts)
    {
        ExpectSameMap(y, x);
        x.ExpectBatch(batch, input.Length, nameof(input));
        y.ExpectBatch(batch, output.Length, nameof(output));
        BlockedLayout units = x.Lanes == MapRuns.Lanes ? x : y;
        (int begin, int end) = WorkSplit.Range(MapRow.Count(units, batch), part, parts);
        (var source, var target) = (new MapAddress(x), new MapAddress(y));
        fixed (byte* from = input)
        fixed (float* first = output)
        {
            MapRow row = MapRow.At(begin, units);
            for (int unit = begin; unit < end; unit++, row = row.Next(units))
            {
                if (x.Lanes != MapRuns.Lanes)
                {
                    DequantizeLanes(from + ((nint)row.Image * x.Length), x, scale, zeroPoint, first + target.Of(row), y, row);
                }
                else if (BlockLanes512.IsSupported)
                {
                    DequantizeRow<BlockLanes512>(from + source.Of(row), x.Channels - (row.Block * x.Lanes), scale, zeroPoint, new FloatQuarters(first, y, row), y.Width);
                }
                else
                {
                    DequantizeRow<BlockLanes128>(from + source.Of(row), x.Channels - (row.Block * x.Lanes), scale, zeroPoint, new FloatQuarters(first, y, row), y.Width);
                }
            }
        }

        BorderKernel.Clear(output, y, batch, part, parts);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void QuantizeRow<TLanes>(FloatQuarters from, float scale, Requantization to, byte* target, int width) where TLanes : struct, IBlockLanes<TLanes>
    {
        TLanes low = TLanes.Broadcast(to.Low), high = TLanes.Broadcast(to.High), divisor = TLanes.Broadcast(scale);
        TLanes least = TLanes.Broadcast(-byte.MaxValue), greatest = TLanes.Broadcast(byte.MaxValue); // met already
        int zeroPoint = to.ZeroPoint;
        for (nint i = 0; i < width; i++)
        {
            TLanes value = TLanes.LimitedOrZero(TLanes.Divide(from.Load<TLanes>(i * from.Step), divisor), low, high);
            TLanes.Store(target + (i * MapRuns.Lanes), value, least, greatest, zeroPoint);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DequantizeRow<TLanes>(byte* from, int channels, float scale, int zeroPoint, FloatQuarters target, int width) where TLanes : struct, IBlockLanes<TLanes>
    {
        int* bits = stackalloc int[MapRuns.Lanes];
        for (int lane = 0; lane < MapRuns.Lanes; lane++)
        {
            bits[lane] = lane < channels ? -1 : 0;
        }

        TLanes there = TLanes.Load((float*)bits), zero = TLanes.Broadcast(zeroPoint), factor = TLanes.Broadcast(scale);
        for (nint i = 0; i < width; i++)
        {
            TLanes value = TLanes.Multiply(TLanes.Subtract(TLanes.Load(from + (i * MapRuns.Lanes)), zero), factor);
            target.Store(i * target.Step, TLanes.And(value, there));
        }
    }

    // One channel after the other: 8-bit numbers in blocks of 4.
    private static void QuantizeLanes(float* image, in BlockedLayout x, float scale, Requantization to, byte* target, in BlockedLayout y, MapRow row)
    {
        for (int lane = 0; lane < Math.Min(y.Lanes, y.Channels - (row.Block * y.Lanes)); lane++)
        {
            float* from = image + x.Offset((row.Block * y.Lanes) + lane, row.Row, 0);
            for (int column = 0; column < y.Width; column++)
            {
                target[(column * y.Lanes) + lane] = to.Round(from[column * x.Lanes] / scale);
            }
        }
    }

    private static void DequantizeLanes(byte* image, in BlockedLayout x, float scale, int zeroPoint, float* target, in BlockedLayout y, MapRow row)
    {
        for (int lane = 0; lane < y.Lanes; lane++)
        {
            int channel = (row.Block * y.Lanes) + lane;
            for (int column = 0; column < y.Width; column++)
            {
                target[(column * y.Lanes) + lane] = channel < x.Channels ? (image[x.Offset(channel, row.Row, column)] - zeroPoint) * scale : 0;
            }
        }
    }

    private static void ExpectSameMap(in BlockedLayout numbers, in BlockedLayout bytes)
    {
        Expect.That((numbers with { Lanes = bytes.Lanes }).HasSameMap(bytes), $"{numbers} and {bytes}: only the borders and the lanes may differ");
        Expect.That(bytes.Lanes is MapRuns.Lanes or 4, $"an 8-bit map in blocks of {bytes.Lanes} channels; expected 16 or 4");
        Expect.That(numbers.Lanes is 16 or 8 or 4, $"a map in blocks of {numbers.Lanes} floats; expected 16, 8 or 4");
    }
}
