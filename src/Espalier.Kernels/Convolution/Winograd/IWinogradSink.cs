namespace Espalier.Kernels;

/// <summary>Takes the vectors that a transform makes of a line.</summary>
internal interface IWinogradSink<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    void Put(int index, TLanes value);
}
