using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The loops of <see cref="PackedLinear"/>.</summary>
internal readonly unsafe struct LinearJob : ILanesJob
{
    /// <summary>Vectors per wide panel: enough independent sums to hide the latency of additions behind the reading of weights.</summary>
    internal const int PanelVectors = 4;

    // Inputs summed before they are added to the total: partial sums have smaller rounding errors (VGG's first linear layer has 25,088 inputs),
    // and a chunk of a wide panel (128 KiB at 512 bits) stays in the second-level cache for all images of the batch.
    private const int Chunk = 512;

    // Prefetch distance in inputs: 2 KiB of a wide panel of 512-bit vectors, about what memory delivers within its latency.
    private const int PrefetchDistance = 8;

    internal required float* Input { get; init; }

    internal required int Inputs { get; init; }

    internal required nint InputStride { get; init; }

    internal required float* Weights { get; init; }

    internal required float* Bias { get; init; }

    internal required float* Output { get; init; }

    internal required nint OutputStride { get; init; }

    internal required Activation Activation { get; init; }

    internal required int Batch { get; init; }

    internal required int FirstPanel { get; init; }

    internal required int EndPanel { get; init; }

    /// <summary>Number of panels for <paramref name="vectors"/> vectors of outputs.</summary>
    internal static int Panels(int vectors) => (vectors / PanelVectors) + (vectors % PanelVectors);

    /// <summary>The vectors of a panel, which is wide or has one vector.</summary>
    internal static (int FirstVector, int Vectors) Panel(int panel, int vectors)
    {
        int wide = vectors / PanelVectors;
        return panel < wide ? (panel * PanelVectors, PanelVectors) : ((wide * PanelVectors) + panel - wide, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int panel = FirstPanel; panel < EndPanel; panel++)
        {
            (int firstVector, int vectors) = Panel(panel, (int)OutputStride / TLanes.Count);
            nint firstOutput = (nint)firstVector * TLanes.Count;
            float* weights = Weights + (firstOutput * Inputs);
            float* output = Output + firstOutput;
            StartWithBias<TLanes>(output, Bias + firstOutput, vectors);
            for (int first = 0; first < Inputs; first += Chunk)
            {
                int count = Math.Min(Chunk, Inputs - first);
                AddChunk<TLanes>(Input + first, weights + ((nint)first * vectors * TLanes.Count), output, vectors, count);
            }

            for (int n = 0; n < Batch; n++)
            {
                ActivationRow.Apply<TLanes>(output + (n * OutputStride), vectors, Activation);
            }
        }
    }

    private void StartWithBias<TLanes>(float* output, float* bias, int vectors) where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int n = 0; n < Batch; n++)
        {
            for (int i = 0; i < vectors * TLanes.Count; i += TLanes.Count)
            {
                TLanes.Store(output + (n * OutputStride) + i, TLanes.Load(bias + i));
            }
        }
    }

    // As many images at a time as registers hold sums for, so that weights are read once for them.
    private void AddChunk<TLanes>(float* input, float* weights, float* output, int vectors, int count) where TLanes : unmanaged, ILanes<TLanes>
    {
        int n = 0;
        if (vectors == PanelVectors)
        {
            // 16 sums fit only into the 32 registers that come with 512-bit vectors.
            for (; TLanes.Count == 16 && n + 4 <= Batch; n += 4)
            {
                FourImages<TLanes>(input + (n * InputStride), InputStride, weights, output + (n * OutputStride), OutputStride, count);
            }

            for (; n + 2 <= Batch; n += 2)
            {
                TwoImages<TLanes>(input + (n * InputStride), InputStride, weights, output + (n * OutputStride), OutputStride, count);
            }

            for (; n < Batch; n++)
            {
                OneImage<TLanes>(input + (n * InputStride), weights, output + (n * OutputStride), count);
            }
        }

        for (; n < Batch; n++)
        {
            OneVector<TLanes>(input + (n * InputStride), weights, output + (n * OutputStride), count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneVector<TLanes>(float* x, float* w, float* y, int count) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes sum = TLanes.Zero;
        for (int i = 0; i < count; i++, w += TLanes.Count)
        {
            Prefetch.Line(w + (PrefetchDistance * PanelVectors * TLanes.Count));
            sum = TLanes.MultiplyAdd(TLanes.Broadcast(x[i]), TLanes.Load(w), sum);
        }

        AddTo(y, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneImage<TLanes>(float* x, float* w, float* y, int count) where TLanes : unmanaged, ILanes<TLanes>
    {
        int lanes = TLanes.Count;
        TLanes a = TLanes.Zero, b = a, c = a, d = a;
        for (int i = 0; i < count; i++, w += PanelVectors * lanes)
        {
            float* ahead = w + (PrefetchDistance * PanelVectors * lanes);
            Prefetch.Line(ahead);
            Prefetch.Line(ahead + lanes);
            Prefetch.Line(ahead + (2 * lanes));
            Prefetch.Line(ahead + (3 * lanes));
            TLanes input = TLanes.Broadcast(x[i]);
            a = TLanes.MultiplyAdd(input, TLanes.Load(w), a);
            b = TLanes.MultiplyAdd(input, TLanes.Load(w + lanes), b);
            c = TLanes.MultiplyAdd(input, TLanes.Load(w + (2 * lanes)), c);
            d = TLanes.MultiplyAdd(input, TLanes.Load(w + (3 * lanes)), d);
        }

        AddTo(y, a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoImages<TLanes>(float* x, nint xStride, float* w, float* y, nint yStride, int count) where TLanes : unmanaged, ILanes<TLanes>
    {
        int lanes = TLanes.Count;
        TLanes a0 = TLanes.Zero, b0 = a0, c0 = a0, d0 = a0, a1 = a0, b1 = a0, c1 = a0, d1 = a0;
        for (int i = 0; i < count; i++, w += PanelVectors * lanes)
        {
            TLanes x0 = TLanes.Broadcast(x[i]);
            TLanes x1 = TLanes.Broadcast(x[xStride + i]);
            TLanes weights = TLanes.Load(w);
            (a0, a1) = (TLanes.MultiplyAdd(x0, weights, a0), TLanes.MultiplyAdd(x1, weights, a1));
            weights = TLanes.Load(w + lanes);
            (b0, b1) = (TLanes.MultiplyAdd(x0, weights, b0), TLanes.MultiplyAdd(x1, weights, b1));
            weights = TLanes.Load(w + (2 * lanes));
            (c0, c1) = (TLanes.MultiplyAdd(x0, weights, c0), TLanes.MultiplyAdd(x1, weights, c1));
            weights = TLanes.Load(w + (3 * lanes));
            (d0, d1) = (TLanes.MultiplyAdd(x0, weights, d0), TLanes.MultiplyAdd(x1, weights, d1));
        }

        AddTo(y, a0, b0, c0, d0);
        AddTo(y + yStride, a1, b1, c1, d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourImages<TLanes>(float* x, nint xStride, float* w, float* y, nint yStride, int count) where TLanes : unmanaged, ILanes<TLanes>
    {
        int lanes = TLanes.Count;
        TLanes a0 = TLanes.Zero, b0 = a0, c0 = a0, d0 = a0, a1 = a0, b1 = a0, c1 = a0, d1 = a0;
        TLanes a2 = a0, b2 = a0, c2 = a0, d2 = a0, a3 = a0, b3 = a0, c3 = a0, d3 = a0;
        float* x2 = x + (2 * xStride);
        for (int i = 0; i < count; i++, w += PanelVectors * lanes)
        {
            TLanes wa = TLanes.Load(w), wb = TLanes.Load(w + lanes), wc = TLanes.Load(w + (2 * lanes)), wd = TLanes.Load(w + (3 * lanes));
            TLanes input = TLanes.Broadcast(x[i]);
            (a0, b0) = (TLanes.MultiplyAdd(input, wa, a0), TLanes.MultiplyAdd(input, wb, b0));
            (c0, d0) = (TLanes.MultiplyAdd(input, wc, c0), TLanes.MultiplyAdd(input, wd, d0));
            input = TLanes.Broadcast(x[xStride + i]);
            (a1, b1) = (TLanes.MultiplyAdd(input, wa, a1), TLanes.MultiplyAdd(input, wb, b1));
            (c1, d1) = (TLanes.MultiplyAdd(input, wc, c1), TLanes.MultiplyAdd(input, wd, d1));
            input = TLanes.Broadcast(x2[i]);
            (a2, b2) = (TLanes.MultiplyAdd(input, wa, a2), TLanes.MultiplyAdd(input, wb, b2));
            (c2, d2) = (TLanes.MultiplyAdd(input, wc, c2), TLanes.MultiplyAdd(input, wd, d2));
            input = TLanes.Broadcast(x2[xStride + i]);
            (a3, b3) = (TLanes.MultiplyAdd(input, wa, a3), TLanes.MultiplyAdd(input, wb, b3));
            (c3, d3) = (TLanes.MultiplyAdd(input, wc, c3), TLanes.MultiplyAdd(input, wd, d3));
        }

        AddTo(y, a0, b0, c0, d0);
        AddTo(y + yStride, a1, b1, c1, d1);
        AddTo(y + (2 * yStride), a2, b2, c2, d2);
        AddTo(y + (3 * yStride), a3, b3, c3, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo<TLanes>(float* y, TLanes a, TLanes b, TLanes c, TLanes d) where TLanes : unmanaged, ILanes<TLanes>
    {
        AddTo(y, a);
        AddTo(y + TLanes.Count, b);
        AddTo(y + (2 * TLanes.Count), c);
        AddTo(y + (3 * TLanes.Count), d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo<TLanes>(float* y, TLanes sum) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Store(y, TLanes.Add(TLanes.Load(y), sum));
}
