using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Input of a register tile for depthwise convolution: output channel i reads input channel i.</summary>
internal readonly unsafe struct VectorInput<TLanes> : IPixelInput<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    public static int Step => 0;

    public static bool Selects => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Read(float* pixel, TLanes selector) => TLanes.Load(pixel);
}
