using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>F(2, 3) with the interpolation points 0, ±1, ∞: 4 multiplications for 2 outputs of a kernel of 3.</summary>
internal readonly unsafe struct WinogradTransform2<TLanes> : IWinogradTransform<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    public static int Outputs => 2;

    public static ReadOnlySpan<double> FilterMatrix =>
    [
        1, 0, 0,
        0.5, 0.5, 0.5,
        0.5, -0.5, 0.5,
        0, 0, 1,
    ];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InputLine(float* source, nint sourceStride, float* target, nint targetStride)
    {
        TLanes d0 = TLanes.Load(source);
        TLanes d1 = TLanes.Load(source + sourceStride);
        TLanes d2 = TLanes.Load(source + (2 * sourceStride));
        TLanes d3 = TLanes.Load(source + (3 * sourceStride));
        TLanes.Store(target, TLanes.Subtract(d0, d2));
        TLanes.Store(target + targetStride, TLanes.Add(d1, d2));
        TLanes.Store(target + (2 * targetStride), TLanes.Subtract(d2, d1));
        TLanes.Store(target + (3 * targetStride), TLanes.Subtract(d1, d3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputLine<TSink>(float* source, nint sourceStride, TSink sink) where TSink : struct, IWinogradSink<TLanes>
    {
        TLanes m0 = TLanes.Load(source);
        TLanes m1 = TLanes.Load(source + sourceStride);
        TLanes m2 = TLanes.Load(source + (2 * sourceStride));
        TLanes m3 = TLanes.Load(source + (3 * sourceStride));
        sink.Put(0, TLanes.Add(m0, TLanes.Add(m1, m2)));
        sink.Put(1, TLanes.Subtract(TLanes.Subtract(m1, m2), m3));
    }
}
