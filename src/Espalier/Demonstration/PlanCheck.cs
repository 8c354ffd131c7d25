using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The fast plan beside the reference executor, on one input.</summary>
/// <param name="Input">The sample's shape.</param>
/// <param name="Difference">The greatest difference of two logits, relative to the greatest logit.</param>
/// <param name="ReferenceMilliseconds">One run of the reference executor.</param>
/// <param name="PlanMilliseconds">The median of a few runs of the plan.</param>
internal readonly record struct PlanCheck(Shape Input, double Difference, double ReferenceMilliseconds, double PlanMilliseconds)
{
    /// <summary>What the float32 of some fifty layers may differ by from double: the bound that every network is held to against PyTorch.</summary>
    internal const double Allowed = 1e-4;

    /// <summary>Runs before the first that counts: .NET compiles a method again, and better, once it has been called 30 times.</summary>
    internal const int WarmUpRuns = 35;

    /// <summary>Runs that count.</summary>
    internal const int CountedRuns = 11;

    /// <summary>Whether the two agree.</summary>
    internal bool Agrees => Difference <= Allowed;

    /// <summary>Runs both.</summary>
    internal static PlanCheck Run(Model model, IRunnable plan, Shape sample, ulong seed, CancellationToken cancellation)
    {
        Tensor input = RandomInput.Create(sample.Prepend(1), seed);
        long start = Stopwatch.GetTimestamp();
        Tensor expected = Runtimes.Reference.Run(model, input);
        double reference = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Tensor actual = plan.Run(input);
        Latencies latencies = LatencyMeasurement.Measure(WarmUpRuns, CountedRuns, () => plan.Run(input), _ => { }, cancellation);
        return new PlanCheck(sample, OutputDifference.Between(expected.Read<float>(), actual.Read<float>()).Relative, reference, latencies.Percentile(0.5));
    }
}
