using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>C = A · B, or C += A · B, for the gradients of a fully connected layer. B and C are row-major; A has any strides.</summary>
internal readonly unsafe struct MatrixProduct : ILanesJob
{
    private const int PanelVectors = 4;
    private const int TileRows = 4;

    // Products summed before they are added to C: partial sums have smaller rounding errors, and a chunk of a panel of B (128 KiB at 512 bits) stays in the second-level cache.
    private const int Chunk = 512;

    internal required float* A { get; init; }

    /// <summary>Distance between rows of A.</summary>
    internal required nint RowStride { get; init; }

    /// <summary>Distance between columns of A.</summary>
    internal required nint DepthStride { get; init; }

    internal required float* B { get; init; }

    internal required nint BStride { get; init; }

    internal required float* C { get; init; }

    internal required nint CStride { get; init; }

    internal required int FirstRow { get; init; }

    internal required int EndRow { get; init; }

    /// <summary>Number of columns of A and rows of B.</summary>
    internal required int Depth { get; init; }

    /// <summary>Number of columns of B and C.</summary>
    internal required int Columns { get; init; }

    internal required int FirstPanel { get; init; }

    internal required int EndPanel { get; init; }

    internal required bool Accumulate { get; init; }

    /// <summary>Whether C has whole vectors, whose lanes beyond the last column become zero.</summary>
    internal bool ClearsPadding { get; init; }

    /// <summary>Number of panels of columns, 4 vectors each.</summary>
    internal static int Panels(BlockedLayout columns) => (columns.Blocks + PanelVectors - 1) / PanelVectors;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int panel = FirstPanel; panel < EndPanel; panel++)
        {
            int first = panel * PanelVectors * TLanes.Count;
            int end = Math.Min(first + (PanelVectors * TLanes.Count), Columns);
            for (int depth = 0; depth == 0 || depth < Depth; depth += Chunk)
            {
                AddChunk<TLanes>(first, end, depth, Math.Min(Chunk, Depth - depth), Accumulate || depth > 0);
            }

            for (int row = FirstRow; row < EndRow && ClearsPadding && end == Columns; row++)
            {
                new Span<float>(C + (row * CStride) + Columns, (int)CStride - Columns).Clear();
            }
        }
    }

    private void AddChunk<TLanes>(int first, int end, int depth, int count, bool adds) where TLanes : unmanaged, ILanes<TLanes>
    {
        float* b = B + (depth * BStride);
        for (int row = FirstRow; row < EndRow; row += TileRows)
        {
            float* a = A + (row * RowStride) + (depth * DepthStride);
            float* c = C + (row * CStride);
            switch (Math.Min(TileRows, EndRow - row))
            {
                case 1:
                    AddRows<TLanes, Constant.C1>(a, b, c, first, end, count, adds);
                    break;
                case 2:
                    AddRows<TLanes, Constant.C2>(a, b, c, first, end, count, adds);
                    break;
                case 3:
                    AddRows<TLanes, Constant.C3>(a, b, c, first, end, count, adds);
                    break;
                default:
                    AddRows<TLanes, Constant.C4>(a, b, c, first, end, count, adds);
                    break;
            }
        }
    }

    private void AddRows<TLanes, TRows>(float* a, float* b, float* c, int first, int end, int count, bool adds)
        where TLanes : unmanaged, ILanes<TLanes>
        where TRows : struct, IConstant
    {
        int column = first;
        for (; column + (2 * TLanes.Count) <= end; column += 2 * TLanes.Count)
        {
            Tile<TLanes, TRows, Constant.C2>(a, b + column, c + column, count, adds);
        }

        for (; column + TLanes.Count <= end; column += TLanes.Count)
        {
            Tile<TLanes, TRows, Constant.C1>(a, b + column, c + column, count, adds);
        }

        for (; column < end; column++)
        {
            for (int row = 0; row < TRows.Value; row++)
            {
                float sum = 0;
                for (int depth = 0; depth < count; depth++)
                {
                    sum += a[(row * RowStride) + (depth * DepthStride)] * b[(depth * BStride) + column];
                }

                float* to = c + (row * CStride) + column;
                *to = adds ? *to + sum : sum;
            }
        }
    }

    // 4 rows x 2 vectors: 8 sums hide the latency of 2 units x 4 cycles, and leave room in 16 registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tile<TLanes, TRows, TVectors>(float* a, float* b, float* c, int count, bool adds)
        where TLanes : unmanaged, ILanes<TLanes>
        where TRows : struct, IConstant
        where TVectors : struct, IConstant
    {
        TLanes a0 = TLanes.Zero, a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        nint row = RowStride;
        nint depthStride = DepthStride;
        nint bStride = BStride;
        for (int depth = count; depth > 0; depth--)
        {
            TLanes x = TLanes.Load(b);
            TLanes y = TVectors.Value > 1 ? TLanes.Load(b + TLanes.Count) : x;
            TLanes value;
            { value = TLanes.Broadcast(a[0]); a0 = TLanes.MultiplyAdd(x, value, a0); if (TVectors.Value > 1) b0 = TLanes.MultiplyAdd(y, value, b0); }
            if (TRows.Value > 1) { value = TLanes.Broadcast(a[row]); a1 = TLanes.MultiplyAdd(x, value, a1); if (TVectors.Value > 1) b1 = TLanes.MultiplyAdd(y, value, b1); }
            if (TRows.Value > 2) { value = TLanes.Broadcast(a[2 * row]); a2 = TLanes.MultiplyAdd(x, value, a2); if (TVectors.Value > 1) b2 = TLanes.MultiplyAdd(y, value, b2); }
            if (TRows.Value > 3) { value = TLanes.Broadcast(a[3 * row]); a3 = TLanes.MultiplyAdd(x, value, a3); if (TVectors.Value > 1) b3 = TLanes.MultiplyAdd(y, value, b3); }
            a += depthStride;
            b += bStride;
        }

        Store<TLanes, TVectors>(c, a0, b0, adds);
        if (TRows.Value > 1) Store<TLanes, TVectors>(c + CStride, a1, b1, adds);
        if (TRows.Value > 2) Store<TLanes, TVectors>(c + (2 * CStride), a2, b2, adds);
        if (TRows.Value > 3) Store<TLanes, TVectors>(c + (3 * CStride), a3, b3, adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes, TVectors>(float* to, TLanes a, TLanes b, bool adds)
        where TLanes : unmanaged, ILanes<TLanes>
        where TVectors : struct, IConstant
    {
        TLanes.Store(to, adds ? TLanes.Add(TLanes.Load(to), a) : a);
        if (TVectors.Value > 1) TLanes.Store(to + TLanes.Count, adds ? TLanes.Add(TLanes.Load(to + TLanes.Count), b) : b);
    }
}
