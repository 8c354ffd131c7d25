using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>For each output pixel of a row or column: the input pixels that contribute, and their weights.</summary>
/// <remarks>
/// Computed as Pillow does (its <c>Resample.c</c>): in double, normalized to a sum of 1, then rounded to fixed point. Any other order of
/// operations changes the last bits.
/// </remarks>
internal sealed class ResampleWeights
{
    /// <summary>Fraction bits of the fixed-point weights: 32 less 8 for the pixel, 1 for the sign and 1 for weights above 1.</summary>
    public const int FractionBits = 32 - 8 - 2;

    /// <summary>One half in fixed point, added to a sum of products to round it.</summary>
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

    /// <summary>Number of output pixels.</summary>
    public int Outputs => _first.Length;

    /// <summary>The first input pixel of each output pixel.</summary>
    public int First(int output) => _first[output];

    /// <summary>The weights of the contributing input pixels, from <see cref="First"/> on.</summary>
    public ReadOnlySpan<int> Of(int output) => _weights.AsSpan(output * _longest, _count[output]);

    /// <summary>The range of input pixels that contribute to any output pixel.</summary>
    public (int Start, int End) InputRange()
    {
        int end = 0;
        for (int i = 0; i < Outputs; i++)
        {
            end = Math.Max(end, _first[i] + _count[i]);
        }

        return (_first.Min(), end);
    }

    /// <summary>Computes the weights for a part of a resized axis.</summary>
    /// <param name="input">Input length in pixels.</param>
    /// <param name="output">Resized length in pixels.</param>
    /// <param name="from">The first resized pixel to compute.</param>
    /// <param name="count">Number of resized pixels to compute.</param>
    /// <param name="interpolation">The filter to resize with.</param>
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
