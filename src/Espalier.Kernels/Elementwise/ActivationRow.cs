using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Applies an activation to a row of vectors in place, while it is still in the cache.</summary>
internal static unsafe class ActivationRow
{
    /// <summary>Applies <paramref name="activation"/> to <paramref name="vectors"/> vectors.</summary>
    internal static void Apply<TLanes>(float* row, int vectors, Activation activation) where TLanes : unmanaged, ILanes<TLanes>
    {
        switch (activation.Kind)
        {
            case ActivationKind.Identity:
                break;
            case ActivationKind.Relu:
                Each<TLanes, Constant.C1>(row, vectors, activation.Slope);
                break;
            case ActivationKind.LeakyRelu:
                Each<TLanes, Constant.C2>(row, vectors, activation.Slope);
                break;
            case ActivationKind.Relu6:
                Each<TLanes, Constant.C3>(row, vectors, activation.Slope);
                break;
            case ActivationKind.Silu:
                Each<TLanes, Constant.C4>(row, vectors, activation.Slope);
                break;
            case ActivationKind.HardSwish:
                Each<TLanes, Constant.C5>(row, vectors, activation.Slope);
                break;
            case ActivationKind.Sigmoid:
                Each<TLanes, Constant.C6>(row, vectors, activation.Slope);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "no such activation");
        }
    }

    // Compiled for each kind, so that the loop holds one function and no choice.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Each<TLanes, TKind>(float* row, int vectors, float slope)
        where TLanes : unmanaged, ILanes<TLanes>
        where TKind : IConstant
    {
        for (float* end = row + ((nint)vectors * TLanes.Count); row < end; row += TLanes.Count)
        {
            TLanes.Store(row, LaneActivation.Apply(new Activation((ActivationKind)TKind.Value, slope), TLanes.Load(row)));
        }
    }
}
