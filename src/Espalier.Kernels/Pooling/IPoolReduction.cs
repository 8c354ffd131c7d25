namespace Espalier.Kernels;

/// <summary>The reduction of a window's pixels by a pool.</summary>
internal interface IPoolReduction
{
    static abstract TLanes Of<TLanes>(in WindowPixels window) where TLanes : unmanaged, ILanes<TLanes>;
}
