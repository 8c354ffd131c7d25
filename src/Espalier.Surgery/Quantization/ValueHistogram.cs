using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>How often a value of a network lies in each of equally wide parts of its range. Exact zeros are counted apart: each range represents them without error.</summary>
internal sealed class ValueHistogram
{
    private const int Length = 1 << 13;
    private readonly long[] _counts = new long[Length + 1]; // of each bin, and at last of exact zeros

    internal ValueHistogram(ValueRange range) => (Range, Width) = (range, (range.Greatest - range.Least) / Length);

    /// <summary>From the least to the greatest value that occurs, with 0.</summary>
    internal ValueRange Range { get; }

    /// <summary>The width of a bin; 0 if all values are 0.</summary>
    internal double Width { get; }

    /// <summary>The number of values in each bin, exact zeros included.</summary>
    internal ReadOnlySpan<long> Bins => _counts.AsSpan(0, Length);

    /// <summary>The number of exact zeros.</summary>
    internal long Zeros => _counts[Length];

    /// <summary>All counts, for <see cref="Add(long[])"/>.</summary>
    internal long[] Counts => _counts;

    internal void Add(ReadOnlySpan<float> numbers)
    {
        foreach (float number in numbers)
        {
            _counts[Length] += number == 0 ? 1 : 0;
            _counts[IndexOf(number)]++;
        }
    }

    /// <summary>Adds the counts of a histogram of the same range.</summary>
    internal void Add(long[] counts)
    {
        for (int i = 0; i < counts.Length; i++)
        {
            _counts[i] += counts[i];
        }
    }

    /// <summary>The bins that hold values other than 0: the middle of each, and their number.</summary>
    internal (double Middle, double Count)[] NonZeros()
    {
        var found = new List<(double, double)>();
        int zero = IndexOf(0);
        for (int i = 0; i < Length; i++)
        {
            long count = _counts[i] - (i == zero ? Zeros : 0);
            if (count > 0)
            {
                found.Add((Range.Least + ((i + 0.5) * Width), count));
            }
        }

        return [.. found];
    }

    private int IndexOf(float number) => Width == 0 ? 0 : Math.Clamp((int)((number - Range.Least) / Width), 0, Length - 1);

    /// <summary>
    /// Σ(f(x) − f(q(x)))² of rounding all values at a point, with each bin's values in its middle; where the scale is too fine for that, with values spread evenly over the bins.
    /// </summary>
    /// <param name="bins">The bins that hold values other than 0.</param>
    /// <param name="point">Scale and zero point.</param>
    /// <param name="width">The width of a bin.</param>
    /// <param name="activation">f, what is computed of the values.</param>
    internal static double SquaredError((double Middle, double Count)[] bins, QuantizationPoint point, double width, Activation activation)
    {
        double scale = point.Scale, low = -point.ZeroPoint * scale, high = (byte.MaxValue - point.ZeroPoint) * scale, even = scale * scale / 12, error = 0;
        bool isFine = scale < 2 * width, isIdentity = activation.Kind == ActivationKind.Identity;
        foreach ((double middle, double count) in bins)
        {
            double limited = Math.Clamp(middle, low, high);
            double rounded = isFine ? limited : Math.Clamp(Math.Round(middle / scale) * scale, low, high);
            double difference = isIdentity ? middle - rounded : activation.Of(middle) - activation.Of(rounded);
            double slope = isIdentity || !(isFine && limited == middle) ? 1 : activation.Derivative(middle);
            error += count * (isFine && limited == middle ? even * slope * slope : difference * difference);
        }

        return error;
    }
}
