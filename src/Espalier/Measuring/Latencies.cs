using System.Globalization;

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
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
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
