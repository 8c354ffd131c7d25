namespace Espalier.Training;

/// <summary>The range of an axis and its ticks, at round numbers.</summary>
internal readonly record struct ChartAxis(double Least, double Greatest, double Interval)
{
    private const int Intervals = 6; // the desired number of intervals between ticks

    /// <summary>Creates an axis whose range includes all finite <paramref name="values"/>.</summary>
    internal static ChartAxis Over(IEnumerable<double> values, bool fromZero, bool whole)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        double least = finite.Length == 0 ? 0 : finite.Min();
        double greatest = finite.Length == 0 ? 1 : finite.Max();
        least = fromZero ? Math.Min(0, least) : least;
        (least, greatest) = greatest > least ? (least, greatest) : fromZero || whole ? (least, least + 1) : (greatest - 1, greatest); // extended downwards, since an accuracy is at most 100%
        double interval = Round((greatest - least) / Intervals, whole);
        return whole
            ? new ChartAxis(least, greatest, interval)
            : new ChartAxis(Math.Floor(least / interval) * interval, Math.Ceiling(greatest / interval) * interval, interval);
    }

    /// <summary>The values of the ticks.</summary>
    internal IEnumerable<double> Ticks()
    {
        double first = Math.Ceiling((Least / Interval) - 1e-9);
        double last = Math.Floor((Greatest / Interval) + 1e-9); // rounding must not drop a tick at the end
        for (double i = first; i <= last; i++)
        {
            yield return i == 0 ? 0 : i * Interval; // not −0
        }
    }

    /// <summary>The number of decimals of the tick labels.</summary>
    internal int Decimals => (int)Math.Clamp(Math.Ceiling(-Math.Log10(Interval) - 1e-9), 0, 12);

    /// <summary>Maps a value to its position on the axis, from 0 to 1.</summary>
    internal double Place(double value) => (value - Least) / (Greatest - Least);

    /// <summary>Rounds up to 1, 2 or 5 times a power of ten.</summary>
    private static double Round(double interval, bool whole)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(interval)));
        double leading = interval / power;
        double round = (leading <= 1 ? 1 : leading <= 2 ? 2 : leading <= 5 ? 5 : 10) * power;
        return whole ? Math.Max(1, round) : round;
    }
}
