using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

internal static partial class LaneActivations
{
    private readonly struct HardTanh : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Min(q, TLanes.Max(p, x));

        // Between the limits the result is what was read.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.SelectPositive(TLanes.Subtract(q, value), TLanes.SelectPositive(TLanes.Subtract(value, p), gradient, TLanes.Zero), TLanes.Zero);
    }

    private readonly struct Elu : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.SelectPositive(x, x, TLanes.Multiply(p, ExponentialMinusOne(x)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.SelectPositive(value, gradient, TLanes.Multiply(gradient, TLanes.Multiply(p, LaneExponential.Of(value))));
    }

    private readonly struct Selu : ILaneActivation
    {
        private const float Scale = 1.05070098735548f;
        private const float Alpha = 1.67326324235438f;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Multiply(TLanes.Broadcast(Scale), Elu.Of(x, TLanes.Broadcast(Alpha), q));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Multiply(TLanes.Broadcast(Scale), Elu.Gradient(gradient, value, TLanes.Broadcast(Alpha), q));
    }

    private readonly struct Tanh : ILaneActivation
    {
        // −m / (m + 2) with m = e^(−2·|x|) − 1, and the sign of x.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes minusOne = ExponentialMinusOne(TLanes.Multiply(TLanes.Broadcast(-2), Size(x)));
            TLanes negative = TLanes.Divide(minusOne, TLanes.Add(minusOne, TLanes.Broadcast(2)));
            return TLanes.SelectPositive(x, TLanes.Subtract(TLanes.Zero, negative), negative);
        }

        // 1 − y².
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Multiply(gradient, TLanes.Subtract(TLanes.Broadcast(1), TLanes.Multiply(value, value)));
    }

    private readonly struct Mish : ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Multiply(x, TanhOfSoftplus(x));

        // t + x·sigmoid(x)·(1 − t²).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes tanh = TanhOfSoftplus(value);
            TLanes rest = TLanes.Subtract(TLanes.Broadcast(1), TLanes.Multiply(tanh, tanh));
            return TLanes.Multiply(gradient, TLanes.MultiplyAdd(TLanes.Divide(value, Sigmoid.Denominator(value)), rest, tanh));
        }

        // ((1 + eˣ)² − 1) / ((1 + eˣ)² + 1), with w = e^−|x|, which does not overflow: (1 + 2w) / (1 + 2w + 2w²) right of zero, w(w + 2) / (w(w + 2) + 2) left of it.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes TanhOfSoftplus<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes one = TLanes.Broadcast(1), two = TLanes.Broadcast(2);
            TLanes power = LaneExponential.Of(TLanes.Subtract(TLanes.Zero, Size(x)));
            TLanes part = TLanes.SelectPositive(x, TLanes.MultiplyAdd(two, power, one), TLanes.Multiply(power, TLanes.Add(power, two)));
            TLanes other = TLanes.SelectPositive(x, TLanes.Multiply(two, TLanes.Multiply(power, power)), two);
            return TLanes.Divide(part, TLanes.Add(part, other));
        }
    }

    private readonly struct GeluTanh : ILaneActivation
    {
        // 2·√(2/π) and the factor of the cube, each with what its rounding to float lost.
        private const float Twice = 1.5957691216057308f;
        private const float TwiceRest = (float)(1.5957691216057308 - Twice);
        private const float Cubic = 0.044715f;
        private const float CubicRest = (float)(0.044715 - Cubic);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes x, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Divide(x, Denominator(Bounded(x)));

        // s + x·s·(1 − s)·2·u', with s = sigmoid(2·u).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Gradient<TLanes>(TLanes gradient, TLanes value, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes one = TLanes.Broadcast(1), x = Bounded(value);
            TLanes sigmoid = TLanes.Divide(one, Denominator(x));
            TLanes slope = TLanes.Multiply(TLanes.Broadcast(Twice), TLanes.MultiplyAdd(TLanes.Broadcast(3 * Cubic), TLanes.Multiply(x, x), one));
            TLanes rest = TLanes.Multiply(TLanes.Multiply(x, slope), TLanes.Subtract(one, sigmoid));
            return TLanes.Multiply(gradient, TLanes.MultiplyAdd(sigmoid, rest, sigmoid));
        }

        // Beyond 20 the sigmoid is 0 or 1; the bound keeps squares finite.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes Bounded<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Min(TLanes.Broadcast(20), TLanes.Max(TLanes.Broadcast(-20), x));

        // 1 + e^(−2·u), u = √(2/π)·x·(1 + 0.044715·x²). What rounding takes from the exponent would be a relative error of the power; it is collected and given back.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes Denominator<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes one = TLanes.Broadcast(1), twice = TLanes.Broadcast(Twice), factor = TLanes.Broadcast(Cubic);
            TLanes square = TLanes.Multiply(x, x);
            TLanes cubic = TLanes.Multiply(factor, square);
            TLanes cubicRest = TLanes.MultiplyAdd(factor, Lost(x, x, square), TLanes.MultiplyAdd(TLanes.Broadcast(CubicRest), square, Lost(factor, square, cubic)));
            TLanes sum = TLanes.Add(one, cubic);
            TLanes added = TLanes.Subtract(sum, one);
            TLanes sumRest = TLanes.Add(cubicRest, TLanes.Add(TLanes.Subtract(one, TLanes.Subtract(sum, added)), TLanes.Subtract(cubic, added)));
            TLanes product = TLanes.Multiply(x, sum);
            TLanes productRest = TLanes.MultiplyAdd(x, sumRest, Lost(x, sum, product));
            TLanes exponent = TLanes.Multiply(twice, product);
            TLanes rest = TLanes.MultiplyAdd(twice, productRest, TLanes.MultiplyAdd(TLanes.Broadcast(TwiceRest), product, Lost(twice, product, exponent)));
            TLanes power = LaneExponential.Of(TLanes.Subtract(TLanes.Zero, exponent));
            return TLanes.Add(one, TLanes.Multiply(power, TLanes.Subtract(one, rest)));
        }

        // What the rounding of a product took: nothing is known of it where there is no fused multiply-add.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes Lost<TLanes>(TLanes a, TLanes b, TLanes product) where TLanes : unmanaged, ILanes<TLanes> => TLanes.MultiplyAdd(a, b, TLanes.Subtract(TLanes.Zero, product));
    }

    // NaN stays NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Size<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> => TLanes.Max(TLanes.Subtract(TLanes.Zero, x), x);

    // eˣ − 1 for x up to 0, within a few units in the last place: near zero, where the difference would cancel, the first nine terms of the series, of which the next is 1e-8 of the sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes ExponentialMinusOne<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1);
        TLanes series = one;
        for (int i = 9; i >= 2; i--)
        {
            series = TLanes.MultiplyAdd(TLanes.Multiply(x, TLanes.Broadcast(1f / i)), series, one);
        }

        return TLanes.SelectPositive(TLanes.Add(x, TLanes.Broadcast(0.5f)), TLanes.Multiply(x, series), TLanes.Subtract(LaneExponential.Of(x), one));
    }
}
