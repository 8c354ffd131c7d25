using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Activations on vectors.</summary>
internal static class LaneActivation
{
    /// <summary>Whether an activation is a clamp, that is, only limits values.</summary>
    internal static bool IsClamp(ActivationKind kind) => kind is ActivationKind.Identity or ActivationKind.Relu or ActivationKind.Relu6;

    /// <summary>The limits of an activation that is a clamp; infinite for any other.</summary>
    internal static (float Low, float High) Limits(ActivationKind kind) => kind switch
    {
        ActivationKind.Relu => (0, float.PositiveInfinity),
        ActivationKind.Relu6 => (0, 6),
        _ => (float.NegativeInfinity, float.PositiveInfinity),
    };

    /// <summary>Applies the activation to every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Apply<TLanes>(Activation activation, TLanes x) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes six = TLanes.Broadcast(6);
        return activation.Kind switch
        {
            ActivationKind.Relu => TLanes.Max(TLanes.Zero, x),
            ActivationKind.Relu6 => TLanes.Min(six, TLanes.Max(TLanes.Zero, x)),
            ActivationKind.LeakyRelu => TLanes.SelectPositive(x, x, TLanes.Multiply(x, TLanes.Broadcast(activation.Slope))),
            ActivationKind.Sigmoid => TLanes.Divide(TLanes.Broadcast(1), OnePlusExpOfMinus(x)),
            ActivationKind.Silu => TLanes.Divide(x, OnePlusExpOfMinus(x)),
            ActivationKind.HardSwish => TLanes.Divide(
                TLanes.Multiply(x, TLanes.Min(six, TLanes.Max(TLanes.Zero, TLanes.Add(x, TLanes.Broadcast(3))))), six),
            _ => x,
        };
    }

    private static TLanes OnePlusExpOfMinus<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Add(TLanes.Broadcast(1), TLanes.Exp(TLanes.Subtract(TLanes.Zero, x)));
}
