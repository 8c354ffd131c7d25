using Espalier.Bench.Measuring;
using Espalier.Surgery;

namespace Espalier.Bench.Training;

/// <summary>What stochastic depth was measured to save.</summary>
/// <param name="Row">The network.</param>
/// <param name="Forecast">What its survival probabilities say.</param>
/// <param name="Without">Without it.</param>
/// <param name="With">With it; its steps differ, for each has draws of its own.</param>
internal sealed record DepthResult(TrainingRow Row, StochasticDepthForecast Forecast, ContestantResult Without, ContestantResult With)
{
    /// <summary>The share of an epoch's time: of means, since an epoch is a sum of steps and medians leave out the spread of the draws.</summary>
    internal double SavedShare => 1 - (Mean(With) / Mean(Without));

    /// <summary>The same turn by turn.</summary>
    internal Statistics SavedShares => Statistics.Of(With.Turns.Zip(Without.Turns, (with, without) => 1 - (with.Average() / without.Average())));

    internal static double Mean(ContestantResult contestant) => contestant.Turns.SelectMany(turn => turn).Average();
}
