using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The inner loop: one output channel of all pixels of a group.</summary>
internal static unsafe class SparseRow<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    /// <summary>The loops for 1 to <see cref="SparseGeometry.MaximumVectors"/> vectors.</summary>
    internal static readonly delegate*<Nonzero*, Nonzero*, float*, float, float*, void>[] ByVectors =
    [
        &Short<Constant.C1>, &Short<Constant.C2>, &Short<Constant.C3>, &Short<Constant.C4>,
        &Long<Constant.C5>, &Long<Constant.C6>, &Long<Constant.C7>, &Long<Constant.C8>,
    ];

    /// <summary>1 to 4 vectors: two nonzeros at a time have accumulators of their own, because a single chain of sums would wait for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Short<TVectors>(Nonzero* from, Nonzero* end, float* input, float bias, float* sums) where TVectors : struct, IConstant
    {
        TLanes a0 = TLanes.Broadcast(bias), a1 = a0, a2 = a0, a3 = a0;
        TLanes b0 = TLanes.Zero, b1 = b0, b2 = b0, b3 = b0;
        for (; from + 1 < end; from += 2)
        {
            (TLanes first, TLanes second) = (TLanes.Broadcast(from->Weight), TLanes.Broadcast(from[1].Weight));
            float* p = input + from->Offset;
            float* q = input + from[1].Offset;
            a0 = TLanes.MultiplyAdd(TLanes.Load(p), first, a0);
            b0 = TLanes.MultiplyAdd(TLanes.Load(q), second, b0);
            if (TVectors.Value > 1)
            {
                a1 = TLanes.MultiplyAdd(TLanes.Load(p + TLanes.Count), first, a1);
                b1 = TLanes.MultiplyAdd(TLanes.Load(q + TLanes.Count), second, b1);
            }

            if (TVectors.Value > 2)
            {
                a2 = TLanes.MultiplyAdd(TLanes.Load(p + (2 * TLanes.Count)), first, a2);
                b2 = TLanes.MultiplyAdd(TLanes.Load(q + (2 * TLanes.Count)), second, b2);
            }

            if (TVectors.Value > 3)
            {
                a3 = TLanes.MultiplyAdd(TLanes.Load(p + (3 * TLanes.Count)), first, a3);
                b3 = TLanes.MultiplyAdd(TLanes.Load(q + (3 * TLanes.Count)), second, b3);
            }
        }

        (a0, a1, a2, a3) = (TLanes.Add(a0, b0), TLanes.Add(a1, b1), TLanes.Add(a2, b2), TLanes.Add(a3, b3));
        if (from < end)
        {
            TLanes weight = TLanes.Broadcast(from->Weight);
            float* p = input + from->Offset;
            a0 = TLanes.MultiplyAdd(TLanes.Load(p), weight, a0);
            a1 = TVectors.Value > 1 ? TLanes.MultiplyAdd(TLanes.Load(p + TLanes.Count), weight, a1) : a1;
            a2 = TVectors.Value > 2 ? TLanes.MultiplyAdd(TLanes.Load(p + (2 * TLanes.Count)), weight, a2) : a2;
            a3 = TVectors.Value > 3 ? TLanes.MultiplyAdd(TLanes.Load(p + (3 * TLanes.Count)), weight, a3) : a3;
        }

        Store<TVectors>(sums, a0, a1, a2, a3);
    }

    /// <summary>5 to 8 vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Long<TVectors>(Nonzero* from, Nonzero* end, float* input, float bias, float* sums) where TVectors : struct, IConstant
    {
        TLanes a0 = TLanes.Broadcast(bias), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        for (; from < end; from++)
        {
            TLanes weight = TLanes.Broadcast(from->Weight);
            float* p = input + from->Offset;
            a0 = TLanes.MultiplyAdd(TLanes.Load(p), weight, a0);
            a1 = TLanes.MultiplyAdd(TLanes.Load(p + TLanes.Count), weight, a1);
            a2 = TLanes.MultiplyAdd(TLanes.Load(p + (2 * TLanes.Count)), weight, a2);
            a3 = TLanes.MultiplyAdd(TLanes.Load(p + (3 * TLanes.Count)), weight, a3);
            a4 = TLanes.MultiplyAdd(TLanes.Load(p + (4 * TLanes.Count)), weight, a4);
            if (TVectors.Value > 5)
            {
                a5 = TLanes.MultiplyAdd(TLanes.Load(p + (5 * TLanes.Count)), weight, a5);
            }

            if (TVectors.Value > 6)
            {
                a6 = TLanes.MultiplyAdd(TLanes.Load(p + (6 * TLanes.Count)), weight, a6);
            }

            if (TVectors.Value > 7)
            {
                a7 = TLanes.MultiplyAdd(TLanes.Load(p + (7 * TLanes.Count)), weight, a7);
            }
        }

        Store<Constant.C4>(sums, a0, a1, a2, a3);
        sums += 4 * TLanes.Count;
        TLanes.Store(sums, a4);
        if (TVectors.Value > 5)
        {
            TLanes.Store(sums + TLanes.Count, a5);
        }

        if (TVectors.Value > 6)
        {
            TLanes.Store(sums + (2 * TLanes.Count), a6);
        }

        if (TVectors.Value > 7)
        {
            TLanes.Store(sums + (3 * TLanes.Count), a7);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVectors>(float* sums, TLanes a0, TLanes a1, TLanes a2, TLanes a3) where TVectors : struct, IConstant
    {
        TLanes.Store(sums, a0);
        if (TVectors.Value > 1)
        {
            TLanes.Store(sums + TLanes.Count, a1);
        }

        if (TVectors.Value > 2)
        {
            TLanes.Store(sums + (2 * TLanes.Count), a2);
        }

        if (TVectors.Value > 3)
        {
            TLanes.Store(sums + (3 * TLanes.Count), a3);
        }
    }
}
