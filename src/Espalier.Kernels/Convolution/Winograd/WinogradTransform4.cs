using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>F(4, 3) with the interpolation points 0, ±3/4, ±3/2, ∞: 6 multiplications for 4 outputs of a kernel of 3.</summary>
/// <remarks>
/// The common points 0, ±1, ±2 lose about twice as many bits, because their transforms spread the magnitudes of the terms further. With a = 3/4 and b = 3/2 every
/// entry of Aᵀ and Bᵀ is exact in float. Derived by Toom and Cook's construction: Bᵀ holds the coefficients of
/// ∏(x − q) over the other points q, G the powers of the point over that product's value at it, Aᵀ the powers of the points.
/// </remarks>
internal readonly unsafe struct WinogradTransform4<TLanes> : IWinogradTransform<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    private const float A = 0.75f;
    private const float B = 1.5f;
    private const float A2 = A * A;
    private const float B2 = B * B;
    private const double ScaleA = 1.0 / (2 * A2 * (A2 - B2));
    private const double ScaleB = 1.0 / (2 * B2 * (B2 - A2));

    public static int Outputs => 4;

    public static ReadOnlySpan<double> FilterMatrix =>
    [
        1.0 / (A2 * B2), 0, 0,
        ScaleA, A * ScaleA, A2 * ScaleA,
        ScaleA, -A * ScaleA, A2 * ScaleA,
        ScaleB, B * ScaleB, B2 * ScaleB,
        ScaleB, -B * ScaleB, B2 * ScaleB,
        0, 0, 1,
    ];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InputLine(float* source, nint sourceStride, float* target, nint targetStride)
    {
        TLanes d0 = TLanes.Load(source);
        TLanes d1 = TLanes.Load(source + sourceStride);
        TLanes d2 = TLanes.Load(source + (2 * sourceStride));
        TLanes d3 = TLanes.Load(source + (3 * sourceStride));
        TLanes d4 = TLanes.Load(source + (4 * sourceStride));
        TLanes d5 = TLanes.Load(source + (5 * sourceStride));
        TLanes minusA2 = TLanes.Broadcast(-A2);
        TLanes minusB2 = TLanes.Broadcast(-B2);
        TLanes product = TLanes.Broadcast(A2 * B2);
        TLanes minusSum = TLanes.Broadcast(-(A2 + B2));
        TLanes evenA = TLanes.MultiplyAdd(minusB2, d2, d4);
        TLanes oddA = TLanes.Multiply(TLanes.Broadcast(A), TLanes.MultiplyAdd(minusB2, d1, d3));
        TLanes evenB = TLanes.MultiplyAdd(minusA2, d2, d4);
        TLanes oddB = TLanes.Multiply(TLanes.Broadcast(B), TLanes.MultiplyAdd(minusA2, d1, d3));
        TLanes.Store(target, TLanes.MultiplyAdd(product, d0, TLanes.MultiplyAdd(minusSum, d2, d4)));
        TLanes.Store(target + targetStride, TLanes.Add(evenA, oddA));
        TLanes.Store(target + (2 * targetStride), TLanes.Subtract(evenA, oddA));
        TLanes.Store(target + (3 * targetStride), TLanes.Add(evenB, oddB));
        TLanes.Store(target + (4 * targetStride), TLanes.Subtract(evenB, oddB));
        TLanes.Store(target + (5 * targetStride), TLanes.MultiplyAdd(product, d1, TLanes.MultiplyAdd(minusSum, d3, d5)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputLine<TSink>(float* source, nint sourceStride, TSink sink) where TSink : struct, IWinogradSink<TLanes>
    {
        TLanes m1 = TLanes.Load(source + sourceStride);
        TLanes m2 = TLanes.Load(source + (2 * sourceStride));
        TLanes m3 = TLanes.Load(source + (3 * sourceStride));
        TLanes m4 = TLanes.Load(source + (4 * sourceStride));
        TLanes sumA = TLanes.Add(m1, m2);
        TLanes differenceA = TLanes.Subtract(m1, m2);
        TLanes sumB = TLanes.Add(m3, m4);
        TLanes differenceB = TLanes.Subtract(m3, m4);
        TLanes y0 = TLanes.Add(TLanes.Load(source), TLanes.Add(sumA, sumB));
        TLanes y1 = TLanes.MultiplyAdd(TLanes.Broadcast(A), differenceA, TLanes.Multiply(TLanes.Broadcast(B), differenceB));
        TLanes y2 = TLanes.MultiplyAdd(TLanes.Broadcast(A2), sumA, TLanes.Multiply(TLanes.Broadcast(B2), sumB));
        TLanes y3 = TLanes.MultiplyAdd(TLanes.Broadcast(B * B2), differenceB, TLanes.Load(source + (5 * sourceStride)));
        sink.Put(0, y0);
        sink.Put(1, y1);
        sink.Put(2, y2);
        sink.Put(3, TLanes.MultiplyAdd(TLanes.Broadcast(A * A2), differenceA, y3));
    }

    /// <summary>A times 4 vectors: the transform of an output gradient, whose products with the transformed input are those of the weight gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void GradientLine(float* source, nint sourceStride, float* target, nint targetStride)
    {
        TLanes y0 = TLanes.Load(source);
        TLanes y1 = TLanes.Load(source + sourceStride);
        TLanes y2 = TLanes.Load(source + (2 * sourceStride));
        TLanes y3 = TLanes.Load(source + (3 * sourceStride));
        TLanes evenA = TLanes.MultiplyAdd(TLanes.Broadcast(A2), y2, y0);
        TLanes oddA = TLanes.Multiply(TLanes.Broadcast(A), TLanes.MultiplyAdd(TLanes.Broadcast(A2), y3, y1));
        TLanes evenB = TLanes.MultiplyAdd(TLanes.Broadcast(B2), y2, y0);
        TLanes oddB = TLanes.Multiply(TLanes.Broadcast(B), TLanes.MultiplyAdd(TLanes.Broadcast(B2), y3, y1));
        TLanes.Store(target, y0);
        TLanes.Store(target + targetStride, TLanes.Add(evenA, oddA));
        TLanes.Store(target + (2 * targetStride), TLanes.Subtract(evenA, oddA));
        TLanes.Store(target + (3 * targetStride), TLanes.Add(evenB, oddB));
        TLanes.Store(target + (4 * targetStride), TLanes.Subtract(evenB, oddB));
        TLanes.Store(target + (5 * targetStride), y3);
    }

    /// <summary>Gᵀ times 6 vectors: 3 weights of a gradient from its transform.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void FilterGradientLine(float* source, nint sourceStride, float* target, nint targetStride)
    {
        TLanes m1 = TLanes.Load(source + sourceStride);
        TLanes m2 = TLanes.Load(source + (2 * sourceStride));
        TLanes m3 = TLanes.Load(source + (3 * sourceStride));
        TLanes m4 = TLanes.Load(source + (4 * sourceStride));
        TLanes sumA = TLanes.Multiply(TLanes.Broadcast((float)ScaleA), TLanes.Add(m1, m2));
        TLanes differenceA = TLanes.Multiply(TLanes.Broadcast((float)(A * ScaleA)), TLanes.Subtract(m1, m2));
        TLanes sumB = TLanes.Multiply(TLanes.Broadcast((float)ScaleB), TLanes.Add(m3, m4));
        TLanes differenceB = TLanes.Subtract(m3, m4);
        TLanes last = TLanes.MultiplyAdd(TLanes.Broadcast(B2), sumB, TLanes.Load(source + (5 * sourceStride)));
        TLanes.Store(target, TLanes.MultiplyAdd(TLanes.Broadcast((float)(1.0 / (A2 * B2))), TLanes.Load(source), TLanes.Add(sumA, sumB)));
        TLanes.Store(target + targetStride, TLanes.MultiplyAdd(TLanes.Broadcast((float)(B * ScaleB)), differenceB, differenceA));
        TLanes.Store(target + (2 * targetStride), TLanes.MultiplyAdd(TLanes.Broadcast(A2), sumA, last));
    }
}
