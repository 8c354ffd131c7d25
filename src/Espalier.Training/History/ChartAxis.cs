namespace Espalier.Training;

/// <summary>The range of an axis and its ticks, at round numbers.</summary>
internal readonly record struct ChartAxis(double Least, double Greatest, double Interval)
{
    private const int Intervals = 6; // about as many as one reads without counting

    /// <summary>An axis that holds all finite <paramref name="values"/>.</summary>
    internal static ChartAxis Over(IEnumerable<double> values, bool fromZero, bool whole)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        double least = finite.Length == 0 ? 0 : finite.Min();
        double greatest = finite.Length == 0 ? 1 : finite.Max();
        least = fromZero ? Math.Min(0, least) : least;
        (least, greatest) = greatest > least ? (least, greatest) : fromZero || whole ? (least, least + 1) : (greatest - 1, greatest); // downwards, since nothing is above 100%
        double interval = Round((greatest - least) / Intervals, whole);
        return whole
            ? new ChartAxis(least, greatest, interval)
            : new ChartAxis(Math.Floor(least / interval) * interval, Math.Ceiling(greatest / interval) * interval, interval);
    }

    /// <summary>Where the ticks are.</summary>
    internal IEnumerable<double> Ticks()
    {
        double first = Math.Ceiling((Least / Interval) - 1e-9);
        double last = Math.Floor((Greatest / Interval) + 1e-9); // a tick at the very end is not lost to rounding
        for (double i = first; i <= last; i++)
        {
            yield return i == 0 ? 0 : i * Interval; // not −0
        }
    }

    /// <summary>Decimals that a tick's text needs.</summary>
    internal int Decimals => (int)Math.Clamp(Math.Ceiling(-Math.Log10(Interval) - 1e-9), 0, 12);

    /// <summary>Where a value lies, from 0 to 1.</summary>
    internal double Place(double value) => (value - Least) / (Greatest - Least);

    /// <summary>The next of 1, 2, 5, 10 … times a power of ten.</summary>
    private static double Round(double interval, bool whole)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(interval)));
        double leading = interval / power;
        double round = (leading <= 1 ? 1 : leading <= 2 ? 2 : leading <= 5 ? 5 : 10) * power;
        return whole ? Math.Max(1, round) : round;
    }
}
