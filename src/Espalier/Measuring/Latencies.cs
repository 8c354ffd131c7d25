namespace Espalier;

/// <summary>The measured latencies of several runs, in milliseconds.</summary>
public sealed class Latencies
{
    private readonly double[] _sorted;

    /// <summary>Creates a collection of latencies.</summary>
    /// <param name="milliseconds">The latency of each run in ms; at least one.</param>
    internal Latencies(IEnumerable<double> milliseconds) => _sorted = [.. milliseconds.Order()];

    /// <summary>The median in ms.</summary>
    public double Median => Percentile(0.5);

    /// <summary>The mean in ms.</summary>
    public double Mean => _sorted.Average();

    /// <summary>Returns a quantile in ms, with linear interpolation between the two nearest runs (NumPy's default).</summary>
    /// <param name="part">The quantile from 0 to 1; 0.5 for the median.</param>
    public double Percentile(double part)
    {
        double place = part * (_sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, _sorted.Length - 1);
        return _sorted[below] + ((_sorted[above] - _sorted[below]) * (place - below));
    }
}
