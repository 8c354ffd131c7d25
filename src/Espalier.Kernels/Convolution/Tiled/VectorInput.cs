using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Output channel i reads input channel i: depthwise convolution.</summary>
internal readonly unsafe struct VectorInput<TLanes> : IPixelInput<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    public static int Step => 0;

    public static bool Selects => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Read(float* pixel, TLanes selector) => TLanes.Load(pixel);
}
