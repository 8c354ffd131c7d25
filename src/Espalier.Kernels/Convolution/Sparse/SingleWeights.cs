using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Sparse weights at any position, each stored on its own.</summary>
/// <remarks>
/// With few vectors of pixels, consecutive nonzeros alternate between several sets of sums, because the latency of a multiply-add (4 cycles, 2 started per cycle, on Zen 5)
/// needs 8 independent ones. At most 12 sums, because AVX2 has 16 registers. The addresses of a quad's pixels are computed while the previous one is
/// multiplied; rows follow each other without gaps, and the last quad is followed by an unused one.
/// </remarks>
internal readonly unsafe struct SingleWeights<TLanes> : ISparseRows<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    // Prefetch distance in quads: 3 KB, most of a page, at whose end the hardware prefetcher stops.
    private const int PrefetchDistance = 128;

    private static readonly delegate*<WeightQuad*, SparseRow*, int, float*, float*, bool, void>[] s_byVectors =
    [
        &FourSets<Constant.C1>, &FourSets<Constant.C2>, &FourSets<Constant.C3>,
        &TwoSets<Constant.C4>, &TwoSets<Constant.C5>, &TwoSets<Constant.C6>,
        &OneSet<Constant.C7>, &OneSet<Constant.C8>,
    ];

    public static string Name => "sparse";

    public static int Height => 1;

    public static int MaximumVectors => s_byVectors.Length;

    public static double Kept(WeightSparsity sparsity) => 1 - sparsity.Zeros;

    public static delegate*<WeightQuad*, SparseRow*, int, float*, float*, bool, void> Loop(int vectors) => s_byVectors[vectors - 1];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourSets<TVectors>(WeightQuad* quads, SparseRow* rows, int count, float* input, float* sums, bool first) where TVectors : struct, IConstant
    {
        float* p0 = At(input, quads->Offsets), p1 = At(input, quads->Offsets >> 16), p2 = At(input, quads->Offsets >> 32), p3 = At(input, quads->Offsets >> 48);
        for (SparseRow* end = rows + count; rows < end; rows++)
        {
            TLanes a0 = TLanes.Zero, a1 = a0, a2 = a0, b0 = a0, b1 = a0, b2 = a0, c0 = a0, c1 = a0, c2 = a0, d0 = a0, d1 = a0, d2 = a0;
            int left = rows->Count;
            for (; left >= 4; left -= 4, quads++)
            {
                TLanes weights = TLanes.LoadFour(&quads->First);
                ulong offsets = quads[1].Offsets;
                Prefetch.Line((float*)(quads + PrefetchDistance));
                Add<TVectors>(p0, TLanes.SplatOfFour<Constant.C0>(weights), ref a0, ref a1, ref a2);
                p0 = At(input, offsets);
                Add<TVectors>(p1, TLanes.SplatOfFour<Constant.C1>(weights), ref b0, ref b1, ref b2);
                p1 = At(input, offsets >> 16);
                Add<TVectors>(p2, TLanes.SplatOfFour<Constant.C2>(weights), ref c0, ref c1, ref c2);
                p2 = At(input, offsets >> 32);
                Add<TVectors>(p3, TLanes.SplatOfFour<Constant.C3>(weights), ref d0, ref d1, ref d2);
                p3 = At(input, offsets >> 48);
            }

            if (left > 0)
            {
                Add<TVectors>(p0, TLanes.Broadcast(quads->First), ref a0, ref a1, ref a2);
                if (left > 1)
                {
                    Add<TVectors>(p1, TLanes.Broadcast(quads->Second), ref b0, ref b1, ref b2);
                }

                if (left > 2)
                {
                    Add<TVectors>(p2, TLanes.Broadcast(quads->Third), ref c0, ref c1, ref c2);
                }

                quads++;
                p0 = At(input, quads->Offsets);
                p1 = At(input, quads->Offsets >> 16);
                p2 = At(input, quads->Offsets >> 32);
                p3 = At(input, quads->Offsets >> 48);
            }

            float* target = sums + (rows->Target * TVectors.Value * TLanes.Count);
            Finish(target, Sum(a0, b0, c0, d0), first);
            if (TVectors.Value > 1)
            {
                Finish(target + TLanes.Count, Sum(a1, b1, c1, d1), first);
            }

            if (TVectors.Value > 2)
            {
                Finish(target + (2 * TLanes.Count), Sum(a2, b2, c2, d2), first);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoSets<TVectors>(WeightQuad* quads, SparseRow* rows, int count, float* input, float* sums, bool first) where TVectors : struct, IConstant
    {
        float* p0 = At(input, quads->Offsets), p1 = At(input, quads->Offsets >> 16), p2 = At(input, quads->Offsets >> 32), p3 = At(input, quads->Offsets >> 48);
        for (SparseRow* end = rows + count; rows < end; rows++)
        {
            TLanes a0 = TLanes.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
            TLanes b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, b5 = a0;
            int left = rows->Count;
            for (; left >= 4; left -= 4, quads++)
            {
                TLanes weights = TLanes.LoadFour(&quads->First);
                ulong offsets = quads[1].Offsets;
                Prefetch.Line((float*)(quads + PrefetchDistance));
                Add<TVectors>(p0, TLanes.SplatOfFour<Constant.C0>(weights), ref a0, ref a1, ref a2, ref a3, ref a4, ref a5);
                p0 = At(input, offsets);
                Add<TVectors>(p1, TLanes.SplatOfFour<Constant.C1>(weights), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5);
                p1 = At(input, offsets >> 16);
                Add<TVectors>(p2, TLanes.SplatOfFour<Constant.C2>(weights), ref a0, ref a1, ref a2, ref a3, ref a4, ref a5);
                p2 = At(input, offsets >> 32);
                Add<TVectors>(p3, TLanes.SplatOfFour<Constant.C3>(weights), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5);
                p3 = At(input, offsets >> 48);
            }

            if (left > 0)
            {
                Add<TVectors>(p0, TLanes.Broadcast(quads->First), ref a0, ref a1, ref a2, ref a3, ref a4, ref a5);
                if (left > 1)
                {
                    Add<TVectors>(p1, TLanes.Broadcast(quads->Second), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5);
                }

                if (left > 2)
                {
                    Add<TVectors>(p2, TLanes.Broadcast(quads->Third), ref a0, ref a1, ref a2, ref a3, ref a4, ref a5);
                }

                quads++;
                p0 = At(input, quads->Offsets);
                p1 = At(input, quads->Offsets >> 16);
                p2 = At(input, quads->Offsets >> 32);
                p3 = At(input, quads->Offsets >> 48);
            }

            float* target = sums + (rows->Target * TVectors.Value * TLanes.Count);
            Finish(target, TLanes.Add(a0, b0), first);
            Finish(target + TLanes.Count, TLanes.Add(a1, b1), first);
            Finish(target + (2 * TLanes.Count), TLanes.Add(a2, b2), first);
            Finish(target + (3 * TLanes.Count), TLanes.Add(a3, b3), first);
            if (TVectors.Value > 4)
            {
                Finish(target + (4 * TLanes.Count), TLanes.Add(a4, b4), first);
            }

            if (TVectors.Value > 5)
            {
                Finish(target + (5 * TLanes.Count), TLanes.Add(a5, b5), first);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneSet<TVectors>(WeightQuad* quads, SparseRow* rows, int count, float* input, float* sums, bool first) where TVectors : struct, IConstant
    {
        float* p0 = At(input, quads->Offsets), p1 = At(input, quads->Offsets >> 16), p2 = At(input, quads->Offsets >> 32), p3 = At(input, quads->Offsets >> 48);
        for (SparseRow* end = rows + count; rows < end; rows++)
        {
            TLanes a0 = TLanes.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
            int left = rows->Count;
            for (; left >= 4; left -= 4, quads++)
            {
                TLanes weights = TLanes.LoadFour(&quads->First);
                ulong offsets = quads[1].Offsets;
                Prefetch.Line((float*)(quads + PrefetchDistance));
                Add<TVectors>(p0, TLanes.SplatOfFour<Constant.C0>(weights), ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
                p0 = At(input, offsets);
                Add<TVectors>(p1, TLanes.SplatOfFour<Constant.C1>(weights), ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
                p1 = At(input, offsets >> 16);
                Add<TVectors>(p2, TLanes.SplatOfFour<Constant.C2>(weights), ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
                p2 = At(input, offsets >> 32);
                Add<TVectors>(p3, TLanes.SplatOfFour<Constant.C3>(weights), ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
                p3 = At(input, offsets >> 48);
            }

            if (left > 0)
            {
                Add<TVectors>(p0, TLanes.Broadcast(quads->First), ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
                if (left > 1)
                {
                    Add<TVectors>(p1, TLanes.Broadcast(quads->Second), ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
                }

                if (left > 2)
                {
                    Add<TVectors>(p2, TLanes.Broadcast(quads->Third), ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
                }

                quads++;
                p0 = At(input, quads->Offsets);
                p1 = At(input, quads->Offsets >> 16);
                p2 = At(input, quads->Offsets >> 32);
                p3 = At(input, quads->Offsets >> 48);
            }

            float* target = sums + (rows->Target * TVectors.Value * TLanes.Count);
            Finish(target, a0, first);
            Finish(target + TLanes.Count, a1, first);
            Finish(target + (2 * TLanes.Count), a2, first);
            Finish(target + (3 * TLanes.Count), a3, first);
            Finish(target + (4 * TLanes.Count), a4, first);
            Finish(target + (5 * TLanes.Count), a5, first);
            Finish(target + (6 * TLanes.Count), a6, first);
            if (TVectors.Value > 7)
            {
                Finish(target + (7 * TLanes.Count), a7, first);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* At(float* input, ulong offsets) => (float*)((byte*)input + ((nint)(ushort)offsets * WeightQuad.OffsetUnit));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TVectors>(float* pixels, TLanes weight, ref TLanes a, ref TLanes b, ref TLanes c) where TVectors : struct, IConstant
    {
        a = TLanes.MultiplyAdd(TLanes.Load(pixels), weight, a);
        if (TVectors.Value > 1)
        {
            b = TLanes.MultiplyAdd(TLanes.Load(pixels + TLanes.Count), weight, b);
        }

        if (TVectors.Value > 2)
        {
            c = TLanes.MultiplyAdd(TLanes.Load(pixels + (2 * TLanes.Count)), weight, c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TVectors>(float* pixels, TLanes weight, ref TLanes a, ref TLanes b, ref TLanes c, ref TLanes d, ref TLanes e, ref TLanes f)
        where TVectors : struct, IConstant
    {
        Add<Constant.C3>(pixels, weight, ref a, ref b, ref c);
        d = TLanes.MultiplyAdd(TLanes.Load(pixels + (3 * TLanes.Count)), weight, d);
        if (TVectors.Value > 4)
        {
            e = TLanes.MultiplyAdd(TLanes.Load(pixels + (4 * TLanes.Count)), weight, e);
        }

        if (TVectors.Value > 5)
        {
            f = TLanes.MultiplyAdd(TLanes.Load(pixels + (5 * TLanes.Count)), weight, f);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TVectors>(
        float* pixels, TLanes weight, ref TLanes a, ref TLanes b, ref TLanes c, ref TLanes d, ref TLanes e, ref TLanes f, ref TLanes g, ref TLanes h)
        where TVectors : struct, IConstant
    {
        Add<Constant.C6>(pixels, weight, ref a, ref b, ref c, ref d, ref e, ref f);
        g = TLanes.MultiplyAdd(TLanes.Load(pixels + (6 * TLanes.Count)), weight, g);
        if (TVectors.Value > 7)
        {
            h = TLanes.MultiplyAdd(TLanes.Load(pixels + (7 * TLanes.Count)), weight, h);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Sum(TLanes a, TLanes b, TLanes c, TLanes d) => TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(float* sums, TLanes value, bool first) => TLanes.Store(sums, first ? value : TLanes.Add(value, TLanes.Load(sums)));
}
