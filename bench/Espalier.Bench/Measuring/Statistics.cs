namespace Espalier.Bench.Measuring;

/// <summary>What is said of a sample of times or ratios.</summary>
/// <param name="Minimum">The least.</param>
/// <param name="Lower">The first quartile.</param>
/// <param name="Median">The middle.</param>
/// <param name="Upper">The third quartile.</param>
/// <param name="Maximum">The greatest.</param>
internal readonly record struct Statistics(double Minimum, double Lower, double Median, double Upper, double Maximum)
{
    /// <summary>The five numbers of a sample that is not empty.</summary>
    internal static Statistics Of(IEnumerable<double> sample)
    {
        double[] sorted = [.. sample.Order()];
        return new(sorted[0], Quantile(sorted, 0.25), Quantile(sorted, 0.5), Quantile(sorted, 0.75), sorted[^1]);
    }

    /// <summary>All five divided by a number.</summary>
    public static Statistics operator /(Statistics left, double right) =>
        new(left.Minimum / right, left.Lower / right, left.Median / right, left.Upper / right, left.Maximum / right);

    /// <summary>The quantile between the two nearest of the sample, linearly (Hyndman and Fan 1996, type 7; numpy's default).</summary>
    private static double Quantile(double[] sorted, double fraction)
    {
        double place = fraction * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
