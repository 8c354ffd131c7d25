using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The rules by which a range is derived from a histogram: one for each <see cref="CalibrationObserver"/> but the automatic choice.</summary>
internal static class RangeRules
{
    private const double Shrink = 0.97; // from one range to the next narrower one
    private const int Ranges = 160; // down to 0.8% of the whole
    private const int Rounds = 2; // of shrinking either side by itself

    /// <summary>The rules that the automatic choice compares.</summary>
    internal static IReadOnlyList<CalibrationObserver> All { get; } = [CalibrationObserver.MinMax, CalibrationObserver.Percentile, CalibrationObserver.MeanSquaredError, CalibrationObserver.Entropy];

    /// <summary>The range of a value.</summary>
    /// <param name="observer">The rule.</param>
    /// <param name="histogram">The value's distribution.</param>
    /// <param name="percentile">The percentage within the range with <see cref="CalibrationObserver.Percentile"/>.</param>
    /// <param name="activation">What alone is computed of the value.</param>
    internal static ValueRange Of(CalibrationObserver observer, ValueHistogram histogram, double percentile, Activation activation) => observer switch
    {
        CalibrationObserver.Percentile => Within(histogram, percentile),
        CalibrationObserver.MeanSquaredError => LeastSquaredError(histogram, activation),
        CalibrationObserver.Entropy => LeastDivergence(histogram),
        CalibrationObserver.MinMax or CalibrationObserver.Automatic => histogram.Range,
        _ => throw new ArgumentOutOfRangeException(nameof(observer), observer, "There is no such observer."),
    };

    /// <summary>The narrowest range of whole bins outside of which, on either side, at most half of the other values lie.</summary>
    private static ValueRange Within(ValueHistogram histogram, double percentile)
    {
        ReadOnlySpan<long> bins = histogram.Bins;
        long sum = 0;
        foreach (long count in bins)
        {
            sum += count;
        }

        double outside = sum * (100 - percentile) / 200;
        (int first, int last) = (0, bins.Length - 1);
        for (long below = bins[first]; below <= outside && first < last; below += bins[++first])
        {
        }

        for (long above = bins[last]; above <= outside && last > first; above += bins[--last])
        {
        }

        ValueRange range = histogram.Range;
        return new(Math.Min(0, range.Least + (first * histogram.Width)), Math.Max(0, range.Least + ((last + 1) * histogram.Width)));
    }

    // First both sides shrink alike; then each by itself, the other as it is.
    private static ValueRange LeastSquaredError(ValueHistogram histogram, Activation activation)
    {
        (double, double)[] bins = histogram.NonZeros();
        double Error(ValueRange range) => ValueHistogram.SquaredError(bins, QuantizationPoint.Covering(range.Least, range.Greatest), histogram.Width, activation);
        ValueRange best = Narrowed(histogram.Range, true, true).MinBy(Error);
        if (best.Least < 0 && best.Greatest > 0)
        {
            for (int round = 0; round < Rounds; round++)
            {
                best = Narrowed(best with { Greatest = histogram.Range.Greatest }, false, true).Append(best).MinBy(Error);
                best = Narrowed(best with { Least = histogram.Range.Least }, true, false).Append(best).MinBy(Error);
            }
        }

        return best;
    }

    private static IEnumerable<ValueRange> Narrowed(ValueRange range, bool least, bool greatest)
    {
        double factor = 1;
        for (int i = 0; i < Ranges; i++, factor *= Shrink)
        {
            yield return new(range.Least * (least ? factor : 1), range.Greatest * (greatest ? factor : 1));
        }
    }

    // Migacz narrows ranges that begin at 0; here both sides shrink alike. The rounded distribution is that of the integers, spread evenly over the occupied bins of each. Exact zeros are left out: any range represents them.
    private static ValueRange LeastDivergence(ValueHistogram histogram)
    {
        (double Middle, double Count)[] bins = histogram.NonZeros();
        double narrowest = (byte.MaxValue + 1.0) / histogram.Bins.Length; // narrower ones have more integers than bins
        return Narrowed(histogram.Range, true, true).Where(range => range.Greatest - range.Least >= narrowest * (histogram.Range.Greatest - histogram.Range.Least))
            .MinBy(range => RoundedDistribution.Divergence(bins, QuantizationPoint.Covering(range.Least, range.Greatest)));
    }
}
