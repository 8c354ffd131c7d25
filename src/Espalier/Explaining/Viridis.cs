namespace Espalier;

/// <summary>The colour map viridis (van der Walt and Smith 2015): from dark blue through green to yellow, evenly perceived, also in gray and with colour blindness.</summary>
/// <remarks>A polynomial of degree 6 for each of red, green and blue, fitted to matplotlib's table by Matt Zucker (public domain); at ten evenly spaced values it differs from the table by at most 5 of 255.</remarks>
internal static class Viridis
{
    // From the power 0 to the power 6: red, green, blue.
    private static readonly double[][] s_powers =
    [
        [0.2777273272234177, 0.1050930431085774, -0.3308618287255563, -4.634230498983486, 6.228269936347081, 4.776384997670288, -5.435455855934631],
        [0.005407344544966578, 1.404613529898575, 0.214847559468213, -5.799100973351585, 14.17993336680509, -13.74514537774601, 4.645852612178535],
        [0.3340998053353061, 1.384590162594685, 0.09509516302823659, -19.33244095627987, 56.69055260068105, -65.35303263337234, 26.3124352495832],
    ];

    private static readonly (byte Red, byte Green, byte Blue)[] s_table = [.. Enumerable.Range(0, 256).Select(i => (At(s_powers[0], i / 255.0), At(s_powers[1], i / 255.0), At(s_powers[2], i / 255.0)))];

    /// <summary>The colour of a value from 0 to 1; others are clamped.</summary>
    internal static (byte Red, byte Green, byte Blue) Of(double value) => s_table[(int)Math.Round(255 * Math.Clamp(value, 0, 1))];

    private static byte At(double[] powers, double value)
    {
        double sum = 0;
        for (int i = powers.Length - 1; i >= 0; i--)
        {
            sum = (sum * value) + powers[i];
        }

        return (byte)Math.Round(255 * Math.Clamp(sum, 0, 1));
    }
}
