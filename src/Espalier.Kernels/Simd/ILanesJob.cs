namespace Espalier.Kernels;

/// <summary>A kernel with its operands, to be run with a vector width: see <see cref="LanesDispatch"/>.</summary>
internal interface ILanesJob
{
    /// <summary>Runs the kernel with the given vector type.</summary>
    void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>;
}
