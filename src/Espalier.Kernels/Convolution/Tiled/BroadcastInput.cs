using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Input of a register tile for one group: every output channel reads the same input channel.</summary>
internal readonly unsafe struct BroadcastInput<TLanes> : IPixelInput<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    public static int Step => 1;

    public static bool Selects => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Read(float* pixel, TLanes selector) => TLanes.Broadcast(*pixel);
}
