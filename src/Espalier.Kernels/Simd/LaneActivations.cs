using System.Diagnostics;
using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Every activation on vectors, with its derivative.</summary>
internal static class LaneActivations
{
    /// <summary>Runs a loop with the activation of that kind.</summary>
    internal static void Run<TLoop>(ActivationKind kind, TLoop loop) where TLoop : struct, IActivationLoop, allows ref struct
    {
        switch (kind)
        {
            case ActivationKind.Identity:
                loop.Run<Identity>();
                break;
            case ActivationKind.Relu:
                loop.Run<Relu>();
                break;
            case ActivationKind.LeakyRelu:
                loop.Run<LeakyRelu>();
                break;
            case ActivationKind.Relu6:
                loop.Run<Relu6>();
                break;
            case ActivationKind.Silu:
                loop.Run<Silu>();
                break;
            case ActivationKind.HardSwish:
                loop.Run<HardSwish>();
                break;
            case ActivationKind.Sigmoid:
                loop.Run<Sigmoid>();
                break;
            default:
                throw new UnreachableException($"The activation {kind} has no form on vectors.");
        }
    }

    private readonly struct Identity : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> => x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> => gradient;
    }

    private readonly struct Relu : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Max(TLanes.Zero, x);

        // Where the result is positive, so was the input.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.SelectPositive(value, gradient, TLanes.Zero);
    }

    private readonly struct LeakyRelu : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.SelectPositive(x, x, TLanes.Multiply(x, slope));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.SelectPositive(value, gradient, TLanes.Multiply(slope, gradient));
    }

    private readonly struct Relu6 : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> => Clamp(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.SelectPositive(TLanes.Subtract(TLanes.Broadcast(6), value), TLanes.SelectPositive(value, gradient, TLanes.Zero), TLanes.Zero);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static TLanes Clamp<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Min(TLanes.Broadcast(6), TLanes.Max(TLanes.Zero, x));
    }

    private readonly struct Silu : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Divide(x, Sigmoid.Denominator(x));

        // s + x·s·(1 − s), with s = sigmoid(x).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes slope) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes one = TLanes.Broadcast(1);
            TLanes sigmoid = TLanes.Divide(one, Sigmoid.Denominator(value));
            TLanes rest = TLanes.Multiply(value, TLanes.Subtract(one, sigmoid));
            return TLanes.Multiply(gradient, TLanes.MultiplyAdd(sigmoid, rest, sigmoid));
        }
    }

    private readonly struct HardSwish : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Divide(TLanes.Multiply(x, Relu6.Clamp(TLanes.Add(x, TLanes.Broadcast(3)))), TLanes.Broadcast(6));

        // 0 up to −3, x/3 + ½ up to 3, then 1.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes slope) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes three = TLanes.Broadcast(3);
            TLanes line = TLanes.MultiplyAdd(value, TLanes.Broadcast(1f / 3), TLanes.Broadcast(0.5f));
            TLanes inner = TLanes.SelectPositive(TLanes.Add(value, three), line, TLanes.Zero);
            return TLanes.Multiply(gradient, TLanes.SelectPositive(TLanes.Subtract(value, three), TLanes.Broadcast(1), inner));
        }
    }

    private readonly struct Sigmoid : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Divide(TLanes.Broadcast(1), Denominator(x));

        // y·(1 − y).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Multiply(gradient, TLanes.Multiply(value, TLanes.Subtract(TLanes.Broadcast(1), value)));

        // 1 + e⁻ˣ
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static TLanes Denominator<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Add(TLanes.Broadcast(1), TLanes.Exp(TLanes.Subtract(TLanes.Zero, x)));
    }
}
