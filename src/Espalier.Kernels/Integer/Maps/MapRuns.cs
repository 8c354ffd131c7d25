using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The rows of a part of a batch of 8-bit maps; rows of a block that are adjacent in all maps are one run.</summary>
internal static unsafe class MapRuns
{
    /// <summary>Numbers in a block.</summary>
    internal const int Lanes = 16;

    /// <summary>Runs an operation of one map.</summary>
    internal static void Run<TOperation>(
        TOperation operation, ReadOnlySpan<byte> a, in BlockedLayout x, Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
        where TOperation : struct, IPixelOperation =>
        Run(operation, a, x, a, x, output, y, batch, part, parts);

    /// <summary>Runs an operation of two maps. The border of the output is left to the caller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TOperation>(
        TOperation operation, ReadOnlySpan<byte> a, in BlockedLayout x, ReadOnlySpan<byte> b, in BlockedLayout z, Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
        where TOperation : struct, IPixelOperation
    {
        Expect.That(x.HasSameMap(y) && z.HasSameMap(y), $"{x} and {z} to {y}: only the borders may differ");
        x.ExpectBatch(batch, a.Length, nameof(a));
        z.ExpectBatch(batch, b.Length, nameof(b));
        y.ExpectBatch(batch, output.Length, nameof(output));
        (int begin, int end) = WorkSplit.Range(MapRow.Count(y, batch), part, parts);
        if (begin == end)
        {
            return;
        }

        int width = y.Width * y.Lanes;
        bool adjacent = x.RowStride == width && y.RowStride == width && z.RowStride == width;
        (var first, var second, var target) = (new MapAddress(x), new MapAddress(z), new MapAddress(y));
        fixed (byte* from = a, other = b, to = output)
        {
            MapRow row = MapRow.At(begin, y);
            for (int unit = begin, rows; unit < end; unit += rows, row = Behind(row, rows, y))
            {
                rows = adjacent ? Math.Min(end - unit, y.Height - row.Row) : 1;
                operation.Run(row, from + first.Of(row), other + second.Of(row), to + target.Of(row), (nint)rows * y.Width);
            }
        }
    }

    /// <summary>The row behind <paramref name="rows"/> rows of a block, of which <paramref name="row"/> is the first.</summary>
    internal static MapRow Behind(MapRow row, int rows, in BlockedLayout map) => (row with { Row = row.Row + rows - 1 }).Next(map);

    /// <summary>Throws unless a map has blocks of 16 channels.</summary>
    internal static void ExpectBlocks(in BlockedLayout map) => Expect.That(map.Lanes == Lanes, $"an 8-bit map in blocks of {map.Lanes} channels; expected {Lanes}");
}
