namespace Espalier.Kernels;

/// <summary>What an element-wise kernel does with one vector of each map and the two factors that belong to its channels.</summary>
internal interface IVectorOperation
{
    static abstract TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>;
}
