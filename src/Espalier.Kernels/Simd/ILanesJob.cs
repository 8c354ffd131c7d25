namespace Espalier.Kernels;

/// <summary>A kernel with its operands, waiting to be told the vector width: see <see cref="LanesDispatch"/>.</summary>
internal interface ILanesJob
{
    /// <summary>Does it.</summary>
    void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>;
}
