using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Gradient times derivative, for each activation: a is the gradient, b the activation's output (<c>FromOutput</c>) or input; p is LeakyReLU's slope.</summary>
internal static class ActivationDerivatives
{
    /// <summary>ReLU, from its output: where the output is positive, so was the input.</summary>
    internal readonly struct Relu : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.SelectPositive(b, a, TLanes.Zero);
    }

    /// <summary>LeakyReLU, from its input.</summary>
    internal readonly struct LeakyRelu : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.SelectPositive(b, a, TLanes.Multiply(p, a));
    }

    /// <summary>ReLU6, from its output.</summary>
    internal readonly struct Relu6 : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.SelectPositive(TLanes.Subtract(TLanes.Broadcast(6), b), TLanes.SelectPositive(b, a, TLanes.Zero), TLanes.Zero);
    }

    /// <summary>SiLU, from its input: s + x·s·(1 − s), with s = sigmoid(x).</summary>
    internal readonly struct Silu : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes one = TLanes.Broadcast(1);
            TLanes sigmoid = TLanes.Divide(one, TLanes.Add(one, TLanes.Exp(TLanes.Subtract(TLanes.Zero, b))));
            TLanes rest = TLanes.Multiply(b, TLanes.Subtract(one, sigmoid));
            return TLanes.Multiply(a, TLanes.MultiplyAdd(sigmoid, rest, sigmoid));
        }
    }

    /// <summary>Hard-swish, from its input: 0 up to −3, x/3 + ½ up to 3, then 1.</summary>
    internal readonly struct HardSwish : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes three = TLanes.Broadcast(3);
            TLanes slope = TLanes.MultiplyAdd(b, TLanes.Broadcast(1f / 3), TLanes.Broadcast(0.5f));
            TLanes inner = TLanes.SelectPositive(TLanes.Add(b, three), slope, TLanes.Zero);
            return TLanes.Multiply(a, TLanes.SelectPositive(TLanes.Subtract(b, three), TLanes.Broadcast(1), inner));
        }
    }

    /// <summary>Sigmoid, from its output: y·(1 − y).</summary>
    internal readonly struct Sigmoid : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Multiply(a, TLanes.Multiply(b, TLanes.Subtract(TLanes.Broadcast(1), b)));
    }
}
