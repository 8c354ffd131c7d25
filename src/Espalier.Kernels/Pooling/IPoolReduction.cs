namespace Espalier.Kernels;

/// <summary>What a pool makes of the pixels of a window.</summary>
internal interface IPoolReduction
{
    static abstract TLanes Of<TLanes>(in WindowPixels window) where TLanes : unmanaged, ILanes<TLanes>;
}
