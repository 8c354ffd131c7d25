using System.Diagnostics;
using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Every activation on vectors, with its derivative.</summary>
internal static partial class LaneActivations
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
            case ActivationKind.Gelu:
                loop.Run<Gelu>();
                break;
            case ActivationKind.HardSigmoid:
                loop.Run<HardSigmoid>();
                break;
            case ActivationKind.HardTanh:
                loop.Run<HardTanh>();
                break;
            case ActivationKind.Elu:
                loop.Run<Elu>();
                break;
            case ActivationKind.Selu:
                loop.Run<Selu>();
                break;
            case ActivationKind.Tanh:
                loop.Run<Tanh>();
                break;
            case ActivationKind.Mish:
                loop.Run<Mish>();
                break;
            case ActivationKind.GeluTanh:
                loop.Run<GeluTanh>();
                break;
            default:
                throw new UnreachableException($"The activation {kind} has no form on vectors.");
        }
    }

    private readonly struct Identity : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => gradient;
    }

    private readonly struct Relu : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Max(TLanes.Zero, x);

        // Where the result is positive, so was the input.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.SelectPositive(value, gradient, TLanes.Zero);
    }

    private readonly struct LeakyRelu : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.SelectPositive(x, x, TLanes.Multiply(x, p));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.SelectPositive(value, gradient, TLanes.Multiply(p, gradient));
    }

    private readonly struct Relu6 : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => Clamp(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.SelectPositive(TLanes.Subtract(TLanes.Broadcast(6), value), TLanes.SelectPositive(value, gradient, TLanes.Zero), TLanes.Zero);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static TLanes Clamp<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Min(TLanes.Broadcast(6), TLanes.Max(TLanes.Zero, x));
    }

    private readonly struct Silu : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Divide(x, Sigmoid.Denominator(x));

        // s + x·s·(1 − s), with s = sigmoid(x).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>
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
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Multiply(x, HardSigmoid.Of(x, p, q));

        // 0 up to −3, x/3 + ½ up to 3, then 1.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>
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
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Divide(TLanes.Broadcast(1), Denominator(x));

        // y·(1 − y).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Multiply(gradient, TLanes.Multiply(value, TLanes.Subtract(TLanes.Broadcast(1), value)));

        // 1 + e⁻ˣ
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static TLanes Denominator<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Add(TLanes.Broadcast(1), LaneExponential.Of(TLanes.Subtract(TLanes.Zero, x)));
    }

    private readonly struct Gelu : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Multiply(x, Normal(x).Cumulative);

        // Φ(x) + x·φ(x).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>
        {
            (TLanes cumulative, TLanes power) = Normal(value);
            TLanes density = TLanes.Multiply(power, TLanes.Broadcast(0.3989422804f)); // 1/√(2π)
            return TLanes.Multiply(gradient, TLanes.MultiplyAdd(value, density, cumulative));
        }

        // Φ(x) and e^(−x²/2), within a few units in the last place, far left of zero too: there Φ(x) is e^(−x²/2)·t·p(t) with t = 1/(1 + 0.3·|x|/√2) and p of degree 8,
        // fitted to ½·erfc(z)·e^(z²) for z up to 9.5 by least squares whose weights grow with the relative error, 2e-8 at most.
        // Beyond 20 nothing is left of either; the bound keeps squares finite.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static (TLanes Cumulative, TLanes Power) Normal<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes one = TLanes.Broadcast(1), half = TLanes.Broadcast(0.5f);
            TLanes size = TLanes.Min(TLanes.Broadcast(20), TLanes.Max(TLanes.Subtract(TLanes.Zero, x), x));
            TLanes square = TLanes.Multiply(size, size);
            TLanes rounded = TLanes.MultiplyAdd(size, size, TLanes.Subtract(TLanes.Zero, square)); // what the square lost: the exponential would multiply it
            TLanes power = LaneExponential.Of(TLanes.Multiply(square, TLanes.Broadcast(-0.5f)));
            power = TLanes.Subtract(power, TLanes.Multiply(power, TLanes.Multiply(half, rounded)));
            TLanes t = TLanes.Divide(one, TLanes.MultiplyAdd(size, TLanes.Broadcast(0.212132034f), one));
            TLanes p = TLanes.Broadcast(-0.06471704691648483f);
            p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(0.24254824221134186f));
            p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(-0.2556132674217224f));
            p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(0.27319756150245667f));
            p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(-0.0468156635761261f));
            p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(0.10721816122531891f));
            p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(0.07424120604991913f));
            p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(0.08534596860408783f));
            p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(0.08459480851888657f));
            TLanes left = TLanes.Multiply(power, TLanes.Multiply(t, p));
            return (TLanes.SelectPositive(x, TLanes.Subtract(one, left), left), power);
        }
    }

    private readonly struct HardSigmoid : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Multiply(Relu6.Clamp(TLanes.Add(x, TLanes.Broadcast(3))), TLanes.Broadcast(1f / 6));

        // 1/6 between −3 and 3.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes three = TLanes.Broadcast(3);
            TLanes inner = TLanes.SelectPositive(TLanes.Subtract(three, value), TLanes.Broadcast(1f / 6), TLanes.Zero);
            return TLanes.Multiply(gradient, TLanes.SelectPositive(TLanes.Add(value, three), inner, TLanes.Zero));
        }
    }
}
