using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>x^−β of a vector of positive numbers: by square roots for β of 0.5, 0.75 and 1, lane by lane in double for others.</summary>
internal static unsafe class InversePower
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Of<TLanes>(TLanes x, double beta) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1);
        if (beta == 0.75)
        {
            TLanes root = TLanes.Sqrt(x);
            return TLanes.Divide(one, TLanes.Multiply(root, TLanes.Sqrt(root)));
        }

        return beta == 1 ? TLanes.Divide(one, x) : beta == 0.5 ? TLanes.Divide(one, TLanes.Sqrt(x)) : EachLane(x, beta);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TLanes EachLane<TLanes>(TLanes x, double beta) where TLanes : unmanaged, ILanes<TLanes>
    {
        float* lanes = stackalloc float[TLanes.Count];
        TLanes.Store(lanes, x);
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            lanes[lane] = (float)Math.Pow(lanes[lane], -beta);
        }

        return TLanes.Load(lanes);
    }
}
