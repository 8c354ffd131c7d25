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
}
