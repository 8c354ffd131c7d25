using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Every output channel reads the same input channel: convolution with one group.</summary>
internal readonly unsafe struct BroadcastInput<TLanes> : IPixelInput<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    public static int Step => 1;

    public static bool Selects => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Read(float* pixel, TLanes selector) => TLanes.Broadcast(*pixel);
}
