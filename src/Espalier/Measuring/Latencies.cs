namespace Espalier;

/// <summary>How long each of several runs took, in milliseconds.</summary>
public sealed class Latencies
{
    private readonly double[] _sorted;

    /// <summary>Takes the times over.</summary>
    /// <param name="milliseconds">One for each run, at least one.</param>
    internal Latencies(IEnumerable<double> milliseconds) => _sorted = [.. milliseconds.Order()];

    /// <summary>The median.</summary>
    public double Median => Percentile(0.5);

    /// <summary>The mean.</summary>
    public double Mean => _sorted.Average();

    /// <summary>The time that a part of the runs stayed below, interpolated linearly between the two nearest runs (numpy's default).</summary>
    /// <param name="part">From 0 to 1: 0.5 for the median.</param>
    public double Percentile(double part)
    {
        double place = part * (_sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, _sorted.Length - 1);
        return _sorted[below] + ((_sorted[above] - _sorted[below]) * (place - below));
    }
}
