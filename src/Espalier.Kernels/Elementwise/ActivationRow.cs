using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Applies an activation to a row of vectors in place, while a kernel that has just written it has it in the cache.</summary>
internal static unsafe class ActivationRow
{
    /// <summary>Applies <paramref name="activation"/> to <paramref name="vectors"/> vectors.</summary>
    internal static void Apply<TLanes>(float* row, int vectors, Activation activation) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes slope = TLanes.Broadcast(activation.Slope);
        switch (activation.Kind)
        {
            case ActivationKind.Identity:
                break;
            case ActivationKind.Relu:
                Each<TLanes, ReluFunction>(row, vectors, slope);
                break;
            case ActivationKind.LeakyRelu:
                Each<TLanes, LeakyReluFunction>(row, vectors, slope);
                break;
            case ActivationKind.Relu6:
                Each<TLanes, Relu6Function>(row, vectors, slope);
                break;
            case ActivationKind.Silu:
                Each<TLanes, SiluFunction>(row, vectors, slope);
                break;
            case ActivationKind.HardSwish:
                Each<TLanes, HardSwishFunction>(row, vectors, slope);
                break;
            case ActivationKind.Sigmoid:
                Each<TLanes, SigmoidFunction>(row, vectors, slope);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "no such activation");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Each<TLanes, TFunction>(float* row, int vectors, TLanes slope)
        where TLanes : unmanaged, ILanes<TLanes>
        where TFunction : IActivationFunction
    {
        for (float* end = row + ((nint)vectors * TLanes.Count); row < end; row += TLanes.Count)
        {
            TLanes.Store(row, TFunction.Of(TLanes.Load(row), slope));
        }
    }

    private interface IActivationFunction
    {
        static abstract TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes>;
    }

    private readonly struct ReluFunction : IActivationFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Max(TLanes.Zero, x);
    }

    private readonly struct LeakyReluFunction : IActivationFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.SelectPositive(x, x, TLanes.Multiply(slope, x));
    }

    private readonly struct Relu6Function : IActivationFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Min(TLanes.Broadcast(6), TLanes.Max(TLanes.Zero, x));
    }

    private readonly struct SiluFunction : IActivationFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Divide(x, TLanes.Add(TLanes.Broadcast(1), TLanes.Exp(TLanes.Subtract(TLanes.Zero, x))));
    }

    private readonly struct HardSwishFunction : IActivationFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes six = TLanes.Broadcast(6);
            TLanes gate = TLanes.Min(six, TLanes.Max(TLanes.Zero, TLanes.Add(x, TLanes.Broadcast(3))));
            return TLanes.Divide(TLanes.Multiply(x, gate), six);
        }
    }

    private readonly struct SigmoidFunction : IActivationFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes slope) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes one = TLanes.Broadcast(1);
            return TLanes.Divide(one, TLanes.Add(one, TLanes.Exp(TLanes.Subtract(TLanes.Zero, x))));
        }
    }
}
