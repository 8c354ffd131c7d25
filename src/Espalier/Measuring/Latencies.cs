using System.Globalization;

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
    /// <exception cref="ArgumentOutOfRangeException">The quantile is not from 0 to 1.</exception>
    public double Percentile(double part)
    {
        if (part is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(part), part, "Expected a part from 0 to 1, such as 0.5 for the median.");
        }

        double place = part * (_sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, _sorted.Length - 1);
        return _sorted[below] + ((_sorted[above] - _sorted[below]) * (place - below));
    }

    /// <summary>Median, mean and number of the runs.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"median {Median:0.00} ms, mean {Mean:0.00} ms of {_sorted.Length} runs");
}
