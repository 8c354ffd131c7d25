using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Mean and deviation over the channels of neighbouring pixels of a blocked map, and sums over the lanes of a vector.</summary>
/// <remarks>
/// A lane sums its channels block by block; the lanes' sums are then added in pairs, at a distance of half the lanes, a quarter, … (every lane holds the same total). The order depends on the number of lanes
/// only. The first pass finds a center near the mean, the second how far off it is, and the variance around it, so that large means lose no precision.
/// </remarks>
internal readonly unsafe struct ChannelMoments
{
    /// <summary>Pixels that are computed at once: their additions do not wait for each other.</summary>
    internal const int Pixels = 4;

    /// <summary>The vectors of one pixel: center, offset of the mean from it, and 1 / √(variance + ε), each with the same value in all lanes.</summary>
    internal const int Vectors = 3;

    /// <summary>Floats of the table that a caller provides.</summary>
    internal const int TableLength = 5 * 16;

    private readonly float* _isChannel;
    private readonly float* _partners;
    private readonly nint _blockStride;
    private readonly int _blocks;
    private readonly float _count;
    private readonly float _epsilon;

    /// <param name="layout">The layout of the map.</param>
    /// <param name="epsilon">ε, added to the variance.</param>
    /// <param name="table"><see cref="TableLength"/> floats that stay where they are while the moments are used; filled here.</param>
    internal ChannelMoments(BlockedLayout layout, float epsilon, float* table)
    {
        (_blockStride, _blocks, _count, _epsilon) = (layout.BlockStride, layout.Blocks, layout.Channels, epsilon);
        _isChannel = table;
        _partners = table + layout.Lanes;
        for (int lane = 0; lane < layout.Lanes; lane++)
        {
            table[lane] = ((layout.Blocks - 1) * layout.Lanes) + lane < layout.Channels ? 1 : 0;
            int* partner = (int*)_partners + lane;
            for (int distance = layout.Lanes / 2; distance > 0; distance /= 2, partner += layout.Lanes)
            {
                *partner = lane ^ distance;
            }
        }
    }

    /// <summary>1 in the lanes of the last block that have a channel, 0 in the others.</summary>
    internal TLanes LastBlock<TLanes>() where TLanes : unmanaged, ILanes<TLanes> => TLanes.Load(_isChannel);

    /// <summary>The sum of all lanes, in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TLanes Sum<TLanes>(TLanes value) where TLanes : unmanaged, ILanes<TLanes>
    {
        float* partner = _partners;
        for (int distance = TLanes.Count / 2; distance > 0; distance /= 2, partner += TLanes.Count)
        {
            value = TLanes.Add(value, TLanes.Shuffle(value, TLanes.Load(partner)));
        }

        return value;
    }

    /// <summary>Computes the vectors of up to four neighbouring pixels.</summary>
    /// <param name="first">The first block of the first pixel.</param>
    /// <param name="pixels">Number of pixels; the vectors of those beyond it become those of the last one.</param>
    /// <param name="moments">[pixel][center, offset, inverse deviation][lanes].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Find<TLanes>(float* first, int pixels, float* moments) where TLanes : unmanaged, ILanes<TLanes>
    {
        nint b = Math.Min(1, pixels - 1) * TLanes.Count, c = Math.Min(2, pixels - 1) * TLanes.Count, d = Math.Min(3, pixels - 1) * TLanes.Count;
        TLanes last = LastBlock<TLanes>(), zero = TLanes.Zero, count = TLanes.Broadcast(_count);
        TLanes sumA = zero, sumB = zero, sumC = zero, sumD = zero;
        float* at = first;
        for (int block = 1; block < _blocks; block++, at += _blockStride)
        {
            sumA = TLanes.Add(sumA, TLanes.Load(at));
            sumB = TLanes.Add(sumB, TLanes.Load(at + b));
            sumC = TLanes.Add(sumC, TLanes.Load(at + c));
            sumD = TLanes.Add(sumD, TLanes.Load(at + d));
        }

        TLanes centerA = TLanes.Divide(Sum(TLanes.Add(sumA, TLanes.SelectPositive(last, TLanes.Load(at), zero))), count);
        TLanes centerB = TLanes.Divide(Sum(TLanes.Add(sumB, TLanes.SelectPositive(last, TLanes.Load(at + b), zero))), count);
        TLanes centerC = TLanes.Divide(Sum(TLanes.Add(sumC, TLanes.SelectPositive(last, TLanes.Load(at + c), zero))), count);
        TLanes centerD = TLanes.Divide(Sum(TLanes.Add(sumD, TLanes.SelectPositive(last, TLanes.Load(at + d), zero))), count);
        (sumA, sumB, sumC, sumD) = (zero, zero, zero, zero);
        TLanes squareA = zero, squareB = zero, squareC = zero, squareD = zero;
        at = first;
        for (int block = 1; block < _blocks; block++, at += _blockStride)
        {
            TLanes difference = TLanes.Subtract(TLanes.Load(at), centerA);
            (sumA, squareA) = (TLanes.Add(sumA, difference), TLanes.MultiplyAdd(difference, difference, squareA));
            difference = TLanes.Subtract(TLanes.Load(at + b), centerB);
            (sumB, squareB) = (TLanes.Add(sumB, difference), TLanes.MultiplyAdd(difference, difference, squareB));
            difference = TLanes.Subtract(TLanes.Load(at + c), centerC);
            (sumC, squareC) = (TLanes.Add(sumC, difference), TLanes.MultiplyAdd(difference, difference, squareC));
            difference = TLanes.Subtract(TLanes.Load(at + d), centerD);
            (sumD, squareD) = (TLanes.Add(sumD, difference), TLanes.MultiplyAdd(difference, difference, squareD));
        }

        Store(TLanes.SelectPositive(last, TLanes.Subtract(TLanes.Load(at), centerA), zero), centerA, sumA, squareA, count, moments);
        Store(TLanes.SelectPositive(last, TLanes.Subtract(TLanes.Load(at + b), centerB), zero), centerB, sumB, squareB, count, moments + (Vectors * TLanes.Count));
        Store(TLanes.SelectPositive(last, TLanes.Subtract(TLanes.Load(at + c), centerC), zero), centerC, sumC, squareC, count, moments + (2 * Vectors * TLanes.Count));
        Store(TLanes.SelectPositive(last, TLanes.Subtract(TLanes.Load(at + d), centerD), zero), centerD, sumD, squareD, count, moments + (3 * Vectors * TLanes.Count));
    }

    private void Store<TLanes>(TLanes difference, TLanes center, TLanes sum, TLanes square, TLanes count, float* moments) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes offset = TLanes.Divide(Sum(TLanes.Add(sum, difference)), count);
        TLanes mean = TLanes.Divide(Sum(TLanes.MultiplyAdd(difference, difference, square)), count);
        TLanes variance = TLanes.Subtract(mean, TLanes.Multiply(offset, offset));
        TLanes.Store(moments, center);
        TLanes.Store(moments + TLanes.Count, offset);
        TLanes.Store(moments + (2 * TLanes.Count), TLanes.Divide(TLanes.Broadcast(1), TLanes.Sqrt(TLanes.Add(variance, TLanes.Broadcast(_epsilon)))));
    }
}
