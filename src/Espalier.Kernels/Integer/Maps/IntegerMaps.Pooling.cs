using System.Buffers;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static unsafe partial class IntegerMaps
{
    private const int MostInSum = int.MaxValue / byte.MaxValue;

    /// <summary>Max pool; a window without a pixel gives 0.</summary>
    /// <param name="geometry">The windows.</param>
    /// <param name="zeroPoint">Zero point of both maps, for the border.</param>
    /// <param name="input">Batch x <paramref name="x"/>.</param>
    /// <param name="x">Layout of the input.</param>
    /// <param name="output">Batch x <paramref name="y"/>; not the input's memory.</param>
    /// <param name="y">Layout of the output, of <see cref="PoolGeometry.Output"/>'s size.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void MaxPool(
        PoolGeometry geometry, byte zeroPoint, ReadOnlySpan<byte> input, in BlockedLayout x, Span<byte> output, in BlockedLayout y, int batch, int part, int parts) =>
        Pool(new PoolRows.Greatest(geometry.Dilation.Width), int.MaxValue, geometry, zeroPoint, input, x, output, y, batch, part, parts);

    /// <summary>Adaptive max pool: the maximum of evenly spread windows.</summary>
    public static void AdaptiveMaxPool(
        byte zeroPoint, ReadOnlySpan<byte> input, in BlockedLayout x, Span<byte> output, in BlockedLayout y, int batch, int part, int parts) =>
        Pool(new PoolRows.Greatest(1), int.MaxValue, null, zeroPoint, input, x, output, y, batch, part, parts);

    /// <summary>Average pool.</summary>
    /// <param name="geometry">The windows, without dilation.</param>
    /// <param name="zeroPoint">Zero point of the input.</param>
    /// <param name="inputScale">Scale of the input.</param>
    /// <param name="outputScale">Scale of the output.</param>
    /// <param name="to">Zero point and limits of the output.</param>
    /// <param name="input">Batch x <paramref name="x"/>.</param>
    /// <param name="x">Layout of the input.</param>
    /// <param name="output">Batch x <paramref name="y"/>; not the input's memory.</param>
    /// <param name="y">Layout of the output, of <see cref="PoolGeometry.Output"/>'s size.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void AveragePool(
        PoolGeometry geometry, int zeroPoint, float inputScale, float outputScale, Requantization to, ReadOnlySpan<byte> input, in BlockedLayout x,
        Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
    {
        Expect.That(geometry.Dilation == 1, "an average pool has no dilation");
        Mean(geometry, zeroPoint, inputScale, outputScale, to, input, x, output, y, batch, part, parts);
    }

    /// <summary>Adaptive average pool: the mean of evenly spread windows; 1x1 output is the global mean.</summary>
    public static void AdaptiveAveragePool(
        int zeroPoint, float inputScale, float outputScale, Requantization to, ReadOnlySpan<byte> input, in BlockedLayout x,
        Span<byte> output, in BlockedLayout y, int batch, int part, int parts) =>
        Mean(null, zeroPoint, inputScale, outputScale, to, input, x, output, y, batch, part, parts);

    private static void Mean(
        PoolGeometry? geometry, int zeroPoint, float inputScale, float outputScale, Requantization to, ReadOnlySpan<byte> input, in BlockedLayout x,
        Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
    {
        byte border = (byte)to.ZeroPoint;
        var multipliers = new MeanMultipliers(inputScale, outputScale);
        if (BlockLanes512.IsSupported)
        {
            Pool(new PoolRows.Mean<BlockLanes512>(zeroPoint, &multipliers, to), MostInSum, geometry, border, input, x, output, y, batch, part, parts);
        }
        else
        {
            Pool(new PoolRows.Mean<BlockLanes128>(zeroPoint, &multipliers, to), MostInSum, geometry, border, input, x, output, y, batch, part, parts);
        }
    }

    private static void Pool<TRow>(
        TRow operation, long most, PoolGeometry? geometry, byte zeroPoint, ReadOnlySpan<byte> input, in BlockedLayout x, Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
        where TRow : struct, IPoolRow
    {
        MapRuns.ExpectBlocks(x);
        Size size = geometry?.Output(new FeatureMap(x.Channels, x.Height, x.Width)).Size ?? (y.Height, y.Width);
        Expect.That(y.HasSameMap(x with { Height = size.Height, Width = size.Width }), $"pool of {x} to {y}: expected {size} pixels, the same channels and lanes");
        x.ExpectBatch(batch, input.Length, nameof(input));
        y.ExpectBatch(batch, output.Length, nameof(output));
        (int begin, int end) = WorkSplit.Range(MapRow.Count(y, batch), part, parts);
        if (begin < end)
        {
            PoolSpan[] spans = ArrayPool<PoolSpan>.Shared.Rent(y.Height + y.Width);
            byte[] line = ArrayPool<byte>.Shared.Rent(x.Width * MapRuns.Lanes);
            PoolSpan.Fill(spans, geometry, x, y);
            ReadOnlySpan<PoolSpan> rows = spans.AsSpan(0, y.Height), columns = spans.AsSpan(y.Height, y.Width);
            Expect.That(Longest(rows) * Longest(columns) <= most, $"the sum of {Longest(rows)} x {Longest(columns)} pixels may not fit into int32");
            (var source, var target) = (new MapAddress(x), new MapAddress(y));
            nint rowStep = (nint)x.RowStride * (geometry?.Dilation.Height ?? 1);
            fixed (byte* from = input, to = output)
            {
                MapRow row = MapRow.At(begin, y);
                for (int unit = begin; unit < end; unit++, row = row.Next(y))
                {
                    PoolSpan span = rows[row.Row];
                    operation.Run(from + source.Of(row with { Row = span.First }), rowStep, span, columns, line.AsSpan(0, x.Width * MapRuns.Lanes), to + target.Of(row));
                }
            }

            ArrayPool<PoolSpan>.Shared.Return(spans);
            ArrayPool<byte>.Shared.Return(line);
        }

        IntegerBorder.Fill(output, y, zeroPoint, batch, part, parts);
    }

    private static long Longest(ReadOnlySpan<PoolSpan> spans)
    {
        int longest = 0;
        foreach (PoolSpan span in spans)
        {
            longest = Math.Max(longest, span.Positions);
        }

        return longest;
    }
}
