namespace Espalier.Kernels;

/// <summary>The operation of an element-wise kernel on one vector of each map and the two factors of its channels.</summary>
internal interface IVectorOperation
{
    static abstract TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>;
}
