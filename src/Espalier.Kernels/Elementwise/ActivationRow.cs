using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>An activation applied in place to a row of vectors: the kernel that has just written it has it in the cache.</summary>
internal static unsafe class ActivationRow
{
    /// <summary>Applies <paramref name="activation"/> to <paramref name="vectors"/> vectors.</summary>
    internal static void Apply<TLanes>(float* row, int vectors, Activation activation) where TLanes : unmanaged, ILanes<TLanes>
    {
        if (activation.Kind != ActivationKind.Identity)
        {
            LaneActivations.Run(activation.Kind, new Loop<TLanes>(row, vectors, ILaneActivation.Parameters(activation)));
        }
    }

    private readonly struct Loop<TLanes>(float* row, int vectors, (float P, float Q) parameters) : IActivationLoop where TLanes : unmanaged, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TActivation>() where TActivation : struct, ILaneActivation
        {
            TLanes p = TLanes.Broadcast(parameters.P), q = TLanes.Broadcast(parameters.Q);
            float* end = row + ((nint)vectors * TLanes.Count);
            for (float* at = row; at < end; at += TLanes.Count)
            {
                TLanes.Store(at, TActivation.Of(TLanes.Load(at), p, q));
            }
        }
    }
}
