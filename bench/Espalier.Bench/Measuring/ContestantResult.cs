using System.Collections.Immutable;

namespace Espalier.Bench.Measuring;

/// <summary>What was measured of one contestant.</summary>
/// <param name="Name">The contestant.</param>
/// <param name="Version">Its version, as it says itself.</param>
/// <param name="Turns">Milliseconds of each run of each turn.</param>
/// <param name="Starts">What its fresh processes needed.</param>
internal sealed record ContestantResult(string Name, string Version, ImmutableArray<double[]> Turns, ImmutableArray<FreshStart> Starts)
{
    /// <summary>Milliseconds of a run, over all turns.</summary>
    internal Statistics Milliseconds => Statistics.Of(Turns.SelectMany(turn => turn));

    internal double ReadyMilliseconds => Statistics.Of(Starts.Select(start => start.ReadyMilliseconds)).Median;

    internal double FirstPredictionMilliseconds => Statistics.Of(Starts.Select(start => start.FirstPredictionMilliseconds)).Median;

    internal double PeakBytes => Statistics.Of(Starts.Select(start => (double)start.PeakBytes)).Median;

    /// <summary>How many times as long this contestant takes: the ratio of the medians of all runs.</summary>
    internal double RatioTo(ContestantResult other) => Milliseconds.Median / other.Milliseconds.Median;

    /// <summary>The same of the fastest runs.</summary>
    internal double FastestRatioTo(ContestantResult other) => Milliseconds.Minimum / other.Milliseconds.Minimum;

    /// <summary>The same turn by turn, each with the one that ran beside it.</summary>
    internal Statistics RatiosTo(ContestantResult other) =>
        Statistics.Of(Turns.Zip(other.Turns, (mine, others) => Statistics.Of(mine).Median / Statistics.Of(others).Median));
}
