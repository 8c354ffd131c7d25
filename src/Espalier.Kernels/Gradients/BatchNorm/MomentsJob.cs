using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The mean and the sum of squared deviations of each chunk and block of channels.</summary>
internal readonly unsafe struct MomentsJob : ILanesJob
{
    internal required BlockedLayout Layout { get; init; }

    internal required BatchNormChunks Chunks { get; init; }

    internal required int Batch { get; init; }

    internal required float* Input { get; init; }

    /// <summary>[chunk][block][mean, sum of squares][lanes].</summary>
    internal required float* Moments { get; init; }

    internal required int First { get; init; }

    internal required int End { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int unit = First; unit < End; unit++)
        {
            (int chunk, int group) = Math.DivRem(unit, Chunks.Groups);
            (int firstImage, int endImage) = Chunks.Range(chunk, Batch);
            int firstBlock = group * Chunks.Blocks;
            int endBlock = Math.Min(Layout.Blocks, firstBlock + Chunks.Blocks);
            float* moments = Moments + ((nint)chunk * Layout.Blocks * 2 * TLanes.Count);
            new Span<float>(moments + (firstBlock * 2 * TLanes.Count), (endBlock - firstBlock) * 2 * TLanes.Count).Clear();
            for (int image = firstImage; image < endImage; image++)
            {
                float seen = (float)(image - firstImage) * Layout.Height * Layout.Width;
                for (int block = firstBlock; block < endBlock; block++)
                {
                    AddPlane<TLanes>(Input + BatchNormFactors.Plane(Layout, image, block), seen, moments + (block * 2 * TLanes.Count));
                }
            }
        }
    }

    /// <summary>Adds a plane to the moments of the pixels seen before, piece by piece.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddPlane<TLanes>(float* plane, float seen, float* moments) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes mean = TLanes.Load(moments);
        TLanes squares = TLanes.Load(moments + TLanes.Count);
        for (int line = 0; line < Layout.Height; line += Chunks.Lines)
        {
            int lines = Math.Min(Chunks.Lines, Layout.Height - line);
            float count = lines * Layout.Width;
            float* piece = plane + ((nint)line * Layout.RowStride);
            TLanes pieceMean = TLanes.Multiply(Sum<TLanes>(piece, lines), TLanes.Broadcast(1 / count));
            TLanes pieceSquares = SumOfSquares(piece, lines, pieceMean);
            float share = count / (seen + count);
            TLanes distance = TLanes.Subtract(pieceMean, mean);
            mean = TLanes.MultiplyAdd(distance, TLanes.Broadcast(share), mean);
            squares = TLanes.Add(squares, TLanes.MultiplyAdd(TLanes.Multiply(distance, distance), TLanes.Broadcast(seen * share), pieceSquares));
            seen += count;
        }

        TLanes.Store(moments, mean);
        TLanes.Store(moments + TLanes.Count, squares);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TLanes Sum<TLanes>(float* piece, int lines) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes a = TLanes.Zero, b = a, c = a, d = a;
        nint width = (nint)Layout.Width * TLanes.Count;
        for (int line = 0; line < lines; line++, piece += Layout.RowStride)
        {
            nint i = 0;
            for (; i + (4 * TLanes.Count) <= width; i += 4 * TLanes.Count)
            {
                a = TLanes.Add(a, TLanes.Load(piece + i));
                b = TLanes.Add(b, TLanes.Load(piece + i + TLanes.Count));
                c = TLanes.Add(c, TLanes.Load(piece + i + (2 * TLanes.Count)));
                d = TLanes.Add(d, TLanes.Load(piece + i + (3 * TLanes.Count)));
            }

            for (; i < width; i += TLanes.Count)
            {
                a = TLanes.Add(a, TLanes.Load(piece + i));
            }
        }

        return TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TLanes SumOfSquares<TLanes>(float* piece, int lines, TLanes mean) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes a = TLanes.Zero, b = a, c = a, d = a;
        nint width = (nint)Layout.Width * TLanes.Count;
        for (int line = 0; line < lines; line++, piece += Layout.RowStride)
        {
            nint i = 0;
            for (; i + (4 * TLanes.Count) <= width; i += 4 * TLanes.Count)
            {
                a = AddSquare(piece + i, mean, a);
                b = AddSquare(piece + i + TLanes.Count, mean, b);
                c = AddSquare(piece + i + (2 * TLanes.Count), mean, c);
                d = AddSquare(piece + i + (3 * TLanes.Count), mean, d);
            }

            for (; i < width; i += TLanes.Count)
            {
                a = AddSquare(piece + i, mean, a);
            }
        }

        return TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes AddSquare<TLanes>(float* value, TLanes mean, TLanes sum) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes distance = TLanes.Subtract(TLanes.Load(value), mean);
        return TLanes.MultiplyAdd(distance, distance, sum);
    }
}
