using System.Collections.Immutable;
using Espalier.Bench.Measuring;

namespace Espalier.Bench.Training;

/// <summary>What was measured of one network.</summary>
/// <param name="Row">The network.</param>
/// <param name="Input">The shape of an image.</param>
/// <param name="Losses">Each contestant's loss at the first step.</param>
/// <param name="Contestants">Espalier first.</param>
internal sealed record TrainingResult(TrainingRow Row, string Input, ImmutableArray<double> Losses, ImmutableArray<ContestantResult> Contestants)
{
    internal ContestantResult Espalier => Contestants[0];

    /// <summary>The faster one of several peers.</summary>
    internal ContestantResult FastestPeer => Contestants.Skip(1).MinBy(peer => peer.Milliseconds.Median)!;

    internal double ImagesPerSecond(ContestantResult contestant) => 1e3 * Row.Batch / contestant.Milliseconds.Median;
}
