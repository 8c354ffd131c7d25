using System.Collections.Immutable;

namespace Espalier.Bench.Measuring;

/// <summary>What was measured in one contest.</summary>
/// <param name="Contest">What was run.</param>
/// <param name="Processors">The processors that all were held to; none where that was not possible.</param>
/// <param name="Difference">The greatest difference between any two answers, as a part of the largest logit.</param>
/// <param name="FmaPeak">GFLOPS that the arithmetic units of these processors reached, in the same minutes: the median over turns. For an 8-bit network, billions of operations on bytes.</param>
/// <param name="Contestants">Espalier first.</param>
internal sealed record ContestResult(
    Contest Contest, ImmutableArray<int> Processors, double Difference, double FmaPeak, ImmutableArray<ContestantResult> Contestants)
{
    internal ContestantResult Espalier => Contestants[0];

    /// <summary>Billions of floating-point operations (two for a multiply-accumulate) of the dense network per second, whatever is really computed.</summary>
    internal double EffectiveGigaflops(ContestantResult contestant) =>
        2e-6 * Contest.MultiplyAccumulates * Contest.Batch / contestant.Milliseconds.Median;
}
