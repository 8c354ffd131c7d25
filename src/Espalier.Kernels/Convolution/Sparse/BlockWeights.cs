using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Sparse weights in blocks of 4 output channels x 1 input: a pixel is loaded once for four weights.</summary>
/// <remarks>A row is four output channels, and a quad is the weights of one input; its lowest offset is that input's.</remarks>
internal readonly unsafe struct BlockWeights<TLanes> : ISparseRows<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    // Quads ahead, as for single weights.
    private const int PrefetchDistance = 128;

    private static readonly delegate*<WeightQuad*, SparseRow*, int, float*, float*, bool, void>[] s_byVectors =
    [
        &Loop<Constant.C1>, &Loop<Constant.C2>, &Loop<Constant.C3>, &Loop<Constant.C4>, &Loop<Constant.C5>, &Loop<Constant.C6>,
    ];

    public static string Name => "sparse4x1";

    public static int Height => 4;

    // 4 x 3 sums in the 16 registers of AVX2, 4 x 6 in the 32 of AVX-512 and Arm.
    public static int MaximumVectors => TLanes.Count == 8 ? 3 : 6;

    public static double Kept(WeightSparsity sparsity) => 1 - sparsity.ZeroBlocks;

    public static delegate*<WeightQuad*, SparseRow*, int, float*, float*, bool, void> Loop(int vectors) => s_byVectors[vectors - 1];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Loop<TVectors>(WeightQuad* quads, SparseRow* rows, int count, float* input, float* sums, bool first) where TVectors : struct, IConstant
    {
        nint stride = TVectors.Value * TLanes.Count;
        float* pixels = At(input, quads);
        for (SparseRow* end = rows + count; rows < end; rows++)
        {
            TLanes a0 = TLanes.Zero, b0 = a0, c0 = a0, d0 = a0, a1 = a0, b1 = a0, c1 = a0, d1 = a0, a2 = a0, b2 = a0, c2 = a0, d2 = a0;
            TLanes a3 = a0, b3 = a0, c3 = a0, d3 = a0, a4 = a0, b4 = a0, c4 = a0, d4 = a0, a5 = a0, b5 = a0, c5 = a0, d5 = a0;
            for (WeightQuad* last = quads + rows->Count; quads < last; quads++)
            {
                Prefetch.Line((float*)(quads + PrefetchDistance));
                (TLanes a, TLanes b) = (TLanes.Broadcast(quads->First), TLanes.Broadcast(quads->Second));
                (TLanes c, TLanes d) = (TLanes.Broadcast(quads->Third), TLanes.Broadcast(quads->Fourth));
                Add(pixels, a, b, c, d, ref a0, ref b0, ref c0, ref d0);
                if (TVectors.Value > 1)
                {
                    Add(pixels + TLanes.Count, a, b, c, d, ref a1, ref b1, ref c1, ref d1);
                }

                if (TVectors.Value > 2)
                {
                    Add(pixels + (2 * TLanes.Count), a, b, c, d, ref a2, ref b2, ref c2, ref d2);
                }

                if (TVectors.Value > 3)
                {
                    Add(pixels + (3 * TLanes.Count), a, b, c, d, ref a3, ref b3, ref c3, ref d3);
                }

                if (TVectors.Value > 4)
                {
                    Add(pixels + (4 * TLanes.Count), a, b, c, d, ref a4, ref b4, ref c4, ref d4);
                }

                if (TVectors.Value > 5)
                {
                    Add(pixels + (5 * TLanes.Count), a, b, c, d, ref a5, ref b5, ref c5, ref d5);
                }

                pixels = At(input, quads + 1);
            }

            float* target = sums + (rows->Target * 4 * stride);
            Finish(target, stride, a0, b0, c0, d0, first);
            if (TVectors.Value > 1)
            {
                Finish(target + TLanes.Count, stride, a1, b1, c1, d1, first);
            }

            if (TVectors.Value > 2)
            {
                Finish(target + (2 * TLanes.Count), stride, a2, b2, c2, d2, first);
            }

            if (TVectors.Value > 3)
            {
                Finish(target + (3 * TLanes.Count), stride, a3, b3, c3, d3, first);
            }

            if (TVectors.Value > 4)
            {
                Finish(target + (4 * TLanes.Count), stride, a4, b4, c4, d4, first);
            }

            if (TVectors.Value > 5)
            {
                Finish(target + (5 * TLanes.Count), stride, a5, b5, c5, d5, first);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* At(float* input, WeightQuad* quad) => (float*)((byte*)input + ((nint)(ushort)quad->Offsets * WeightQuad.OffsetUnit));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* pixels, TLanes a, TLanes b, TLanes c, TLanes d, ref TLanes sumA, ref TLanes sumB, ref TLanes sumC, ref TLanes sumD)
    {
        TLanes x = TLanes.Load(pixels);
        sumA = TLanes.MultiplyAdd(x, a, sumA);
        sumB = TLanes.MultiplyAdd(x, b, sumB);
        sumC = TLanes.MultiplyAdd(x, c, sumC);
        sumD = TLanes.MultiplyAdd(x, d, sumD);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(float* target, nint stride, TLanes a, TLanes b, TLanes c, TLanes d, bool first)
    {
        TLanes.Store(target, first ? a : TLanes.Add(a, TLanes.Load(target)));
        TLanes.Store(target + stride, first ? b : TLanes.Add(b, TLanes.Load(target + stride)));
        TLanes.Store(target + (2 * stride), first ? c : TLanes.Add(c, TLanes.Load(target + (2 * stride))));
        TLanes.Store(target + (3 * stride), first ? d : TLanes.Add(d, TLanes.Load(target + (3 * stride))));
    }
}
