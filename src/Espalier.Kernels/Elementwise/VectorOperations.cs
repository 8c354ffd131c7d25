using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The operations of the element-wise kernels.</summary>
internal static class VectorOperations
{
    /// <summary>The identity: a.</summary>
    internal readonly struct Same : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => a;
    }

    /// <summary>a + b.</summary>
    internal readonly struct Sum : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Add(a, b);
    }

    /// <summary>a · b.</summary>
    internal readonly struct Product : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Multiply(a, b);
    }

    /// <summary>p · a.</summary>
    internal readonly struct Scaled : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Multiply(p, a);
    }

    /// <summary>a where it is positive, otherwise p · a.</summary>
    internal readonly struct PRelu : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.SelectPositive(a, a, TLanes.Multiply(p, a));
    }

    /// <summary>a where b is positive, otherwise p · a.</summary>
    internal readonly struct PReluBackward : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.SelectPositive(b, a, TLanes.Multiply(p, a));
    }

    /// <summary>a rounded to 8 bits and read back, with the scale p and the zero point q.</summary>
    internal readonly struct Quantized : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes least = TLanes.Subtract(TLanes.Zero, q), greatest = TLanes.Subtract(TLanes.Broadcast(byte.MaxValue), q);
            TLanes limited = TLanes.Min(greatest, TLanes.Max(least, TLanes.Divide(a, p))); // to integers, so that rounding after it is the same as before it
            return TLanes.Multiply(Rounded(limited), p);
        }
    }

    /// <summary>a where b, rounded to 8 bits with the scale p and the zero point q, is within 0 to 255, otherwise 0.</summary>
    internal readonly struct QuantizedBackward : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes far = TLanes.Broadcast(2 * byte.MaxValue); // beyond all integers that there are
            TLanes limited = TLanes.Min(far, TLanes.Max(TLanes.Subtract(TLanes.Zero, far), TLanes.Divide(b, p)));
            TLanes integer = TLanes.Add(Rounded(limited), q), half = TLanes.Broadcast(0.5f);
            TLanes above = TLanes.Add(integer, half), below = TLanes.Subtract(TLanes.Broadcast(byte.MaxValue + 0.5f), integer);
            return TLanes.SelectPositive(TLanes.Min(above, below), a, TLanes.Zero);
        }
    }

    /// <summary>p · a + q.</summary>
    internal readonly struct ScaledAndShifted : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.MultiplyAdd(p, a, q);
    }

    /// <summary>p · a + q · b.</summary>
    internal readonly struct WeightedSum : IVectorOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.MultiplyAdd(p, a, TLanes.Multiply(q, b));
    }

    /// <summary>Rounds numbers of a magnitude below 2²² half to even; a zero is +0. The unit of 1.5·2²³ is 1, so the sum with it is rounded to an integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Rounded<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes large = TLanes.Broadcast(12582912);
        return TLanes.Subtract(TLanes.Add(x, large), large);
    }
}
