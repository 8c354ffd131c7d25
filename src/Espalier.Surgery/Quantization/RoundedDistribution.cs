using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The distribution of values after rounding to 8 bits, beside their own.</summary>
internal static class RoundedDistribution
{
    private const int Levels = byte.MaxValue + 1;
    private const double Least = 1e-9; // the probability where the rounded distribution has none

    /// <summary>
    /// The Kullback–Leibler divergence of the rounded from the limited distribution, in nats (Migacz 2017): values outside the range belong to the outermost occupied bin inside it; the rounded distribution has the
    /// values inside alone, and spreads those of each integer evenly over the occupied bins that are rounded to it.
    /// </summary>
    /// <param name="bins">The bins that hold values: the middle of each, ascending, and their number.</param>
    /// <param name="point">Scale and zero point.</param>
    internal static double Divergence((double Middle, double Count)[] bins, QuantizationPoint point)
    {
        (double[] counts, double[] occupied) = (new double[Levels], new double[Levels]);
        (double below, double above, double inside) = (0, 0, 0);
        (int first, int last) = (bins.Length, -1);
        for (int i = 0; i < bins.Length; i++)
        {
            int level = LevelOf(bins[i].Middle, point);
            below += level < 0 ? bins[i].Count : 0;
            above += level >= Levels ? bins[i].Count : 0;
            if (level is >= 0 and < Levels)
            {
                counts[level] += bins[i].Count;
                occupied[level]++;
                inside += bins[i].Count;
                (first, last) = (Math.Min(first, i), i);
            }
        }

        if (inside == 0)
        {
            return bins.Length == 0 ? 0 : double.PositiveInfinity;
        }

        double all = below + inside + above, divergence = 0;
        for (int i = first; i <= last; i++)
        {
            int level = LevelOf(bins[i].Middle, point);
            double own = (bins[i].Count + (i == first ? below : 0) + (i == last ? above : 0)) / all;
            divergence += own * Math.Log(own / Math.Max(Least, counts[level] / occupied[level] / inside));
        }

        return divergence;
    }

    private static int LevelOf(double value, QuantizationPoint point) => (int)Math.Clamp(Math.Round(value / point.Scale) + point.ZeroPoint, -1, Levels);
}
