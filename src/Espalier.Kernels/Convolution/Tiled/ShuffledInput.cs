using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Input of a register tile for small groups: in step k each lane reads the k-th channel of its own group, by a shuffle of one input block.</summary>
internal readonly unsafe struct ShuffledInput<TLanes> : IPixelInput<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    public static int Step => 0;

    public static bool Selects => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Read(float* pixel, TLanes selector) => TLanes.Shuffle(TLanes.Load(pixel), selector);
}
