using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Receivers of transformed lines.</summary>
internal static unsafe class WinogradSinks
{
    /// <summary>Stores them: they are transformed again.</summary>
    internal readonly struct Memory<TLanes>(float* target, nint stride) : IWinogradSink<TLanes> where TLanes : unmanaged, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Put(int index, TLanes value) => TLanes.Store(target + (index * stride), value);
    }

    /// <summary>Adds bias and residual, clamps, and stores the pixels that lie within the map.</summary>
    internal readonly struct Result<TLanes>(float* output, float* residual, int columns, TLanes bias, TLanes low, TLanes high) : IWinogradSink<TLanes>
        where TLanes : unmanaged, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Put(int index, TLanes value)
        {
            if (index < columns)
            {
                value = TLanes.Add(bias, value);
                value = residual == null ? value : TLanes.Add(value, TLanes.Load(residual + (index * TLanes.Count)));
                TLanes.Store(output + (index * TLanes.Count), TLanes.Min(high, TLanes.Max(low, value)));
            }
        }
    }
}
