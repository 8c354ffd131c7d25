using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>An activation applied in place to a row of vectors: the kernel that has just written it has it in the cache.</summary>
internal static unsafe class ActivationRow
{
    /// <summary>Applies <paramref name="activation"/> to <paramref name="vectors"/> vectors.</summary>
    internal static void Apply<TLanes>(float* row, int vectors, Activation activation) where TLanes : unmanaged, ILanes<TLanes> => Apply<TLanes>(row, vectors, 1, 0, activation);

    /// <summary>Applies <paramref name="activation"/> to rows of <paramref name="vectors"/> vectors, <paramref name="stride"/> floats apart: one call for as many as possible, because the choice of the function takes as long as some vectors.</summary>
    internal static void Apply<TLanes>(float* first, int vectors, int rows, nint stride, Activation activation) where TLanes : unmanaged, ILanes<TLanes>
    {
        if (activation.Kind != ActivationKind.Identity)
        {
            LaneActivations.Run(activation.Kind, new Loop<TLanes>(first, vectors, rows, stride, ILaneActivation.Parameters(activation)));
        }
    }

    private readonly struct Loop<TLanes>(float* first, int vectors, int rows, nint stride, (float P, float Q) parameters) : IActivationLoop where TLanes : unmanaged, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TActivation>() where TActivation : struct, ILaneActivation
        {
            TLanes p = TLanes.Broadcast(parameters.P), q = TLanes.Broadcast(parameters.Q);
            float* row = first;
            for (int left = rows; left > 0; left--, row += stride)
            {
                float* end = row + ((nint)vectors * TLanes.Count);
                for (float* at = row; at < end; at += TLanes.Count)
                {
                    TLanes.Store(at, TActivation.Of(TLanes.Load(at), p, q));
                }
            }
        }
    }
}
