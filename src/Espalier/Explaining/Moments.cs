namespace Espalier;

/// <summary>Sums over values, in double; NaN or infinite if a value is.</summary>
internal readonly struct Moments
{
    private readonly int _count;

    internal Moments(ReadOnlySpan<float> values)
    {
        (float least, float greatest) = (float.PositiveInfinity, float.NegativeInfinity);
        (double sum, double squares, int zeros) = (0, 0, 0);
        foreach (float value in values)
        {
            sum += value;
            squares += (double)value * value;
            zeros += value == 0 ? 1 : 0;
            least = value < least ? value : least;
            greatest = value > greatest ? value : greatest;
        }

        (Least, Greatest, Sum, Squares, Zeros, _count) = (least, greatest, sum, squares, zeros, values.Length);
    }

    internal float Least { get; }

    internal float Greatest { get; }

    internal long Zeros { get; }

    internal double Sum { get; }

    internal double Squares { get; }

    internal double Mean => Sum / _count;

    /// <summary>The L2 norm.</summary>
    internal double Norm => Math.Sqrt(Squares);

    /// <summary>The standard deviation of the population.</summary>
    internal double Deviation => DeviationOf(Sum, Squares, _count);

    internal static double DeviationOf(double sum, double squares, double count)
    {
        double mean = sum / count;
        return Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean)));
    }
}
