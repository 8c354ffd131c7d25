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
        BatchNormChunks chunks = Chunks;
        int blocks = Layout.Blocks;
        (int height, nint width) = (Layout.Height, (nint)Layout.Width * TLanes.Count);
        var planes = new BatchNormPlanes(Input, Layout);
        for (int unit = First; unit < End; unit++)
        {
            (int chunk, int group) = Math.DivRem(unit, chunks.Groups);
            (int firstImage, int endImage) = chunks.Range(chunk, Batch);
            int firstBlock = group * chunks.Blocks;
            int endBlock = Math.Min(blocks, firstBlock + chunks.Blocks);
            float* moments = Moments + ((nint)chunk * blocks * 2 * TLanes.Count);
            new Span<float>(moments + (firstBlock * 2 * TLanes.Count), (endBlock - firstBlock) * 2 * TLanes.Count).Clear();
            float seen = 0;
            for (int image = firstImage; image < endImage; image++, seen += height * (width / TLanes.Count))
            {
                for (int block = firstBlock; block < endBlock; block++)
                {
                    AddPlane<TLanes>(planes.At(image, block), planes.Row, height, chunks.Lines, width, seen, moments + (block * 2 * TLanes.Count));
                }
            }
        }
    }

    /// <summary>Adds a plane to the moments of the previous pixels, piece by piece.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddPlane<TLanes>(float* plane, nint row, int height, int linesOfPiece, nint width, float seen, float* moments)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes mean = TLanes.Load(moments);
        TLanes squares = TLanes.Load(moments + TLanes.Count);
        for (int line = 0; line < height; line += linesOfPiece, plane += linesOfPiece * row)
        {
            int lines = Math.Min(linesOfPiece, height - line);
            float count = lines * (width / TLanes.Count);
            TLanes pieceMean = TLanes.Multiply(Sum<TLanes>(plane, row, lines, width), TLanes.Broadcast(1 / count));
            TLanes pieceSquares = SumOfSquares(plane, row, lines, width, pieceMean);
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
    private static TLanes Sum<TLanes>(float* piece, nint row, int lines, nint width) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes a = TLanes.Zero, b = a, c = a, d = a;
        for (int line = 0; line < lines; line++, piece += row)
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
    private static TLanes SumOfSquares<TLanes>(float* piece, nint row, int lines, nint width, TLanes mean) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes a = TLanes.Zero, b = a, c = a, d = a;
        for (int line = 0; line < lines; line++, piece += row)
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
