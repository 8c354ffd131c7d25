using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>For each output pixel of a row or column: which input pixels it is made of, and how much of each.</summary>
/// <remarks>
/// Computed as Pillow does (its <c>Resample.c</c>): in double, normalised to a sum of 1, then rounded to fixed point. Any other order of
/// operations gives other last bits.
/// </remarks>
internal sealed class ResampleWeights
{
    /// <summary>Fraction of the fixed-point weights: 32 bits less 8 for the pixel, 1 for the sign and 1 for weights that overshoot.</summary>
    public const int FractionBits = 32 - 8 - 2;

    /// <summary>What rounds a sum of fixed-point products.</summary>
    public const int Half = 1 << (FractionBits - 1);

    private readonly int[] _first;
    private readonly int[] _count;
    private readonly int[] _weights;
    private readonly int _longest;

    private ResampleWeights(int outputs, int longest)
    {
        _first = new int[outputs];
        _count = new int[outputs];
        _weights = new int[checked(outputs * longest)];
        _longest = longest;
    }

    /// <summary>How many output pixels there are weights for.</summary>
    public int Outputs => _first.Length;

    /// <summary>The first input pixel of each output pixel.</summary>
    public int First(int output) => _first[output];

    /// <summary>The weights of that and the following input pixels.</summary>
    public ReadOnlySpan<int> Of(int output) => _weights.AsSpan(output * _longest, _count[output]);

    /// <summary>The input pixels that any output pixel needs.</summary>
    public (int Start, int End) InputRange()
    {
        int end = 0;
        for (int i = 0; i < Outputs; i++)
        {
            end = Math.Max(end, _first[i] + _count[i]);
        }

        return (_first.Min(), end);
    }

    /// <summary>The weights for a part of a resized axis.</summary>
    /// <param name="input">Pixels of the axis.</param>
    /// <param name="output">Pixels of the axis once resized.</param>
    /// <param name="from">The first resized pixel that is wanted.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="interpolation">Which filter.</param>
    public static ResampleWeights Create(int input, int output, int from, int count, Interpolation interpolation)
    {
        double scale = (double)input / output;
        double stretch = Math.Max(scale, 1.0);
        double support = Radius(interpolation) * stretch;
        int longest = Math.Min(((int)Math.Ceiling(support) * 2) + 1, input);
        var weights = new ResampleWeights(count, longest);
        double[] exact = new double[longest];
        for (int i = 0; i < count; i++)
        {
            double centre = (from + i + 0.5) * scale;
            int start = Math.Max((int)(centre - support + 0.5), 0);
            int end = Math.Min((int)(centre + support + 0.5), input);
            double sum = 0;
            for (int x = start; x < end; x++)
            {
                double weight = Filter(interpolation, (x - centre + 0.5) * (1.0 / stretch));
                exact[x - start] = weight;
                sum += weight;
            }

            weights._first[i] = start;
            weights._count[i] = end - start;
            Round(exact.AsSpan(0, end - start), sum, weights._weights.AsSpan(i * longest));
        }

        return weights;
    }

    private static void Round(ReadOnlySpan<double> exact, double sum, Span<int> weights)
    {
        for (int i = 0; i < exact.Length; i++)
        {
            double weight = (sum != 0 ? exact[i] / sum : exact[i]) * (1 << FractionBits);
            weights[i] = (int)(weight < 0 ? weight - 0.5 : weight + 0.5);
        }
    }

    private static double Radius(Interpolation interpolation) => interpolation switch
    {
        Interpolation.Box => 0.5,
        Interpolation.Bilinear => 1.0,
        Interpolation.Bicubic => 2.0,
        Interpolation.Lanczos => 3.0,
        _ => throw NoFilter(interpolation),
    };

    private static double Filter(Interpolation interpolation, double x) => interpolation switch
    {
        Interpolation.Box => x is > -0.5 and <= 0.5 ? 1.0 : 0.0,
        Interpolation.Bilinear => Math.Abs(x) < 1.0 ? 1.0 - Math.Abs(x) : 0.0,
        Interpolation.Bicubic => Cubic(Math.Abs(x)),
        Interpolation.Lanczos => x is >= -3.0 and < 3.0 ? Sinc(x) * Sinc(x / 3) : 0.0,
        _ => throw NoFilter(interpolation),
    };

    private static double Cubic(double x)
    {
        const double A = -0.5;
        return x < 1.0 ? ((((A + 2.0) * x) - (A + 3.0)) * x * x) + 1
            : x < 2.0 ? ((((x - 5) * x) + 8) * x - 4) * A
            : 0.0;
    }

    private static double Sinc(double x)
    {
        x *= Math.PI;
        return x == 0 ? 1.0 : Math.Sin(x) / x;
    }

    private static InvalidOperationException NoFilter(Interpolation interpolation) => new($"{interpolation} does not average pixels.");
}
