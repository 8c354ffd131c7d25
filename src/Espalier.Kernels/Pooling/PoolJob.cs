using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The loop of all pools: reduces the window of every output pixel, clipped to the map so that no border is read.</summary>
internal readonly unsafe struct PoolJob<TReduction> : ILanesJob where TReduction : IPoolReduction
{
    internal required float* Input { get; init; }

    internal required BlockedLayout InputLayout { get; init; }

    internal required float* Output { get; init; }

    internal required BlockedLayout OutputLayout { get; init; }

    /// <summary>For each output row, its window's rows.</summary>
    internal required PoolSpan* RowSpans { get; init; }

    /// <summary>For each output column, its window's columns.</summary>
    internal required PoolSpan* ColumnSpans { get; init; }

    internal required Size Dilation { get; init; }

    internal required MapRow First { get; init; }

    internal required int Rows { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        var source = new MapAddress(InputLayout);
        var target = new MapAddress(OutputLayout);
        nint rowStride = InputLayout.RowStride;
        MapRow row = First;
        for (int i = 0; i < Rows; i++, row = row.Next(OutputLayout))
        {
            float* plane = Input + source.Of(row with { Row = 0 });
            PoolSpan rows = RowSpans[row.Row];
            Row<TLanes>(plane + (rows.First * rowStride), rows, rowStride * Dilation.Height, Output + target.Of(row));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row<TLanes>(float* firstRow, PoolSpan rows, nint rowStep, float* to) where TLanes : unmanaged, ILanes<TLanes>
    {
        nint columnStep = (nint)Dilation.Width * TLanes.Count;
        int width = OutputLayout.Width;
        PoolSpan* spans = ColumnSpans;
        for (int x = 0; x < width; x++)
        {
            PoolSpan columns = spans[x];
            float* first = firstRow + ((nint)columns.First * TLanes.Count);
            var window = new WindowPixels(first, rows.Positions, columns.Positions, rowStep, columnStep, rows.Divisor * columns.Divisor);
            TLanes.Store(to + ((nint)x * TLanes.Count), TReduction.Of<TLanes>(window));
        }
    }
}
