using System.Numerics;

namespace Espalier.Tensors;

/// <summary>The normal distribution with mean 0 and variance 1.</summary>
internal static class NormalDistribution
{
    // erfc by the rational functions of FreeBSD's msun (s_erf.c, Sun Microsystems 1993), each for a range of |x|; below 1 unit in the last place.
    private static readonly double[] SmallAbove =
        [1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02, -5.77027029648944159157e-03, -2.37630166566501626084e-05];

    private static readonly double[] SmallBelow =
        [1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03, 1.32494738004321644526e-04, -3.96022827877536812320e-06];

    private const double AtOne = 8.45062911510467529297e-01;

    private static readonly double[] MiddleAbove =
    [
        -2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01, 3.18346619901161753674e-01, -1.10894694282396677476e-01,
        3.54783043256182359371e-02, -2.16637559486879084300e-03,
    ];

    private static readonly double[] MiddleBelow =
    [
        1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02, 1.26171219808761642112e-01, 1.36370839120290507362e-02,
        1.19844998467991074170e-02,
    ];

    private static readonly double[] LargeAbove =
    [
        -9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01, -6.23753324503260060396e+01, -1.62396669462573470355e+02,
        -1.84605092906711035994e+02, -8.12874355063065934246e+01, -9.81432934416914548592e+00,
    ];

    private static readonly double[] LargeBelow =
    [
        1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02, 6.45387271733267880336e+02, 4.29008140027567833386e+02,
        1.08635005541779435134e+02, 6.57024977031928170135e+00, -6.04244152148580987438e-02,
    ];

    private static readonly double[] HugeAbove =
    [
        -9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01, -1.60636384855821916062e+02, -6.37566443368389627722e+02,
        -1.02509513161107724954e+03, -4.83519191608651397019e+02,
    ];

    private static readonly double[] HugeBelow =
    [
        1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03, 3.19985821950859553908e+03, 2.55305040643316442583e+03,
        4.74528541206955367215e+02, -2.24409524465858183362e+01,
    ];

    /// <summary>Φ(x): the probability of a number of at most <paramref name="x"/>.</summary>
    internal static T Cumulative<T>(T x) where T : IFloatingPointIeee754<T> => T.CreateChecked(0.5 * ErrorComplement(-double.CreateChecked(x) / Math.Sqrt(2)));

    /// <summary>φ(x): Φ's derivative.</summary>
    internal static T Density<T>(T x) where T : IFloatingPointIeee754<T>
    {
        double number = double.CreateChecked(x);
        return T.CreateChecked(Math.Exp(-0.5 * number * number) / Math.Sqrt(2 * Math.PI));
    }

    /// <summary>erfc(x) = 1 − erf(x).</summary>
    private static double ErrorComplement(double x)
    {
        double size = Math.Abs(x);
        if (double.IsNaN(x))
        {
            return x;
        }

        if (size < 0.84375)
        {
            return 1 - (x + (x * Ratio(SmallAbove, SmallBelow, x * x)));
        }

        if (size < 1.25)
        {
            double beyond = Ratio(MiddleAbove, MiddleBelow, size - 1);
            return x > 0 ? 1 - AtOne - beyond : 1 + AtOne + beyond;
        }

        double tail = size > 28 ? 0 : Tail(size);
        return x > 0 ? tail : 2 - tail;
    }

    // e^(−x²) as two factors whose exponents are exact or small: x² itself would be rounded.
    private static double Tail(double size)
    {
        double inverse = 1 / (size * size);
        double ratio = size < 1 / 0.35 ? Ratio(LargeAbove, LargeBelow, inverse) : Ratio(HugeAbove, HugeBelow, inverse);
        double cut = BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(size) & 0xFFFFFFFF00000000);
        return Math.Exp(-(cut * cut) - 0.5625) * Math.Exp(((cut - size) * (cut + size)) + ratio) / size;
    }

    private static double Ratio(double[] above, double[] below, double x) => Polynomial(above, x) / Polynomial(below, x);

    private static double Polynomial(double[] coefficients, double x)
    {
        double sum = 0;
        for (int i = coefficients.Length - 1; i >= 0; i--)
        {
            sum = (sum * x) + coefficients[i];
        }

        return sum;
    }
}
