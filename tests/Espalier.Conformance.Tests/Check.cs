using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Conformance.Tests;

/// <summary>Runs a case on a runtime and on the naive kernels in double, and says what differs.</summary>
internal static class Check
{
    // A thousand float roundings; what sums of some thousand products in float come to.
    private const double Tolerance = 1e-4;

    /// <summary>What gradients through whole networks may be off by: activations that are nearly 0 open in one runtime and not in the other.</summary>
    internal const double ThroughNetworks = 5e-4;

    /// <summary>What is wrong with the outputs, or <see langword="null"/>.</summary>
    internal static string? Inference(IRuntime runtime, Case each)
    {
        IReadOnlyList<Tensor> expected = ReferenceExecutor.RunOutputs(each.Model, each.Input);
        using IRunnable runnable = runtime.Prepare(each.Model, new RunOptions { Threads = 2 });
        IReadOnlyList<Tensor> actual = runnable.RunAll(each.Input);
        return expected.Count != actual.Count
            ? $"{each}: {actual.Count} outputs, expected {expected.Count}"
            : Enumerable.Range(0, expected.Count).Select(i => Difference(expected[i], actual[i], $"{each}: output {i}")).FirstOrDefault(failure => failure is not null);
    }

    /// <summary>What is wrong with a training step, or <see langword="null"/>: its result, gradients and running statistics.</summary>
    internal static string? Training(IRuntime runtime, Case each, double tolerance = Tolerance, ValueList<string> further = default, bool recompute = false)
    {
        var options = new TrainingRunOptions { Batch = each.Batch, Seed = 5, FurtherOutputs = further, Recompute = recompute };
        using ITrainingRun run = runtime.PrepareTraining(each.Model, options);
        return new TrainingCheck(run, options).Failure(tolerance, each.ToString());
    }

    private static string? Difference(Tensor expected, Tensor actual, string what)
    {
        if (expected.Shape != actual.Shape)
        {
            return $"{what} is {actual.Shape}, expected {expected.Shape}";
        }

        double difference = Testing.Difference.Relative(expected, actual);
        return difference <= Tolerance ? null : $"{what} is off by {difference:E2} of its greatest number";
    }
}
