namespace Espalier.Kernels;

/// <summary>Receives the output vectors of a transformed line.</summary>
internal interface IWinogradSink<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    void Put(int index, TLanes value);
}
