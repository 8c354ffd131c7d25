using System.Collections.Immutable;

namespace Espalier;

/// <summary>The number of values in bins of equal width. The width is the least power of two for which at most 64 bins cover all values, and every edge is a multiple of it, so histograms do not depend on the order of the values and those of the same width can be added.</summary>
/// <param name="Start">The lower edge of the first bin. Bin i holds values x with Start + i·Width ≤ x &lt; Start + (i + 1)·Width.</param>
/// <param name="Width">The width of each bin; 1 if all values are 0.</param>
/// <param name="Counts">The number of values in each bin. The first and the last bin are not empty.</param>
public sealed record Histogram(double Start, double Width, ImmutableArray<long> Counts)
{
    /// <summary>The upper edge of the last bin.</summary>
    public double End => Start + (Width * Counts.Length);
}

/// <summary>Accumulates a histogram in one pass: the bins are merged in pairs when a value is outside of those that there can be.</summary>
internal sealed class HistogramTally
{
    internal const int Most = 64; // bins
    private const int Finest = 23; // binary digits below that of the largest magnitude: finer bins would split no float32 numbers
    private const int Smallest = -149 - Finest;

    private readonly long[] _counts = new long[Most];
    private int _exponent = Smallest; // the width is a power of two
    private long _first; // the first bin, counted from the one that begins at 0
    private float _least = float.PositiveInfinity;
    private float _greatest = float.NegativeInfinity;

    /// <summary>The least value.</summary>
    internal float Least => _least;

    /// <summary>The greatest value.</summary>
    internal float Greatest => _greatest;

    /// <summary>Adds finite values.</summary>
    /// <param name="values">The values.</param>
    /// <param name="least">The least of them.</param>
    /// <param name="greatest">The greatest of them.</param>
    internal void Add(ReadOnlySpan<float> values, float least, float greatest)
    {
        if (values.IsEmpty)
        {
            return;
        }

        Cover(Math.Min(_least, least), Math.Max(_greatest, greatest));
        double scale = Math.ScaleB(1, -_exponent);
        foreach (float value in values)
        {
            _counts[(long)Math.Floor(value * scale) - _first]++;
        }
    }

    /// <summary>The histogram of all values so far, of which there must be one.</summary>
    internal Histogram ToHistogram()
    {
        int bins = (int)(Bin(_greatest, _exponent) - Bin(_least, _exponent)) + 1;
        double width = _least == 0 && _greatest == 0 ? 1 : Math.ScaleB(1, _exponent);
        return new Histogram(_first * width, width, [.. _counts.AsSpan(0, bins)]);
    }

    private void Cover(float least, float greatest)
    {
        if (least == _least && greatest == _greatest)
        {
            return;
        }

        int exponent = _exponent;
        float magnitude = Math.Max(Math.Abs(least), Math.Abs(greatest));
        exponent = magnitude == 0 ? exponent : Math.Max(exponent, Math.ILogB(magnitude) - Finest);
        while (Bin(greatest, exponent) - Bin(least, exponent) >= Most)
        {
            exponent++;
        }

        long first = Bin(least, exponent);
        Move(exponent, first);
        (_least, _greatest, _exponent, _first) = (least, greatest, exponent, first);
    }

    private void Move(int exponent, long first)
    {
        Span<long> old = stackalloc long[Most];
        _counts.CopyTo(old);
        Array.Clear(_counts);
        int merged = Math.Min(exponent - _exponent, 62); // so far apart all bins are in one or two
        for (int i = 0; i < Most; i++)
        {
            if (old[i] > 0)
            {
                _counts[((_first + i) >> merged) - first] += old[i];
            }
        }
    }

    private static long Bin(float value, int exponent) => (long)Math.Floor(value * Math.ScaleB(1, -exponent));
}
