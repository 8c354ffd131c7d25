using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Measures the networks of a journey alternately, so that other load on the machine affects all of them.</summary>
internal static class JourneyTiming
{
    private const int Most = 400; // runs of each network
    private const string DenseKernel = "direct";
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(4);

    /// <summary>The steps with the median time of one picture on one thread.</summary>
    internal static IReadOnlyList<JourneyStep> Measure(IReadOnlyList<JourneyStep> steps, CancellationToken cancellation)
    {
        Predictor[] predictors = [.. steps.Select(step => new Predictor(step.Model, Options(step)))];
        try
        {
            Latencies[] times = ModelTiming.InTurns(predictors, PlanCheck.WarmUpRuns, PlanCheck.CountedRuns, Most, Budget, cancellation);
            return [.. steps.Zip(times, (step, latencies) => step with { Milliseconds = latencies.Median })];
        }
        finally
        {
            Array.ForEach(predictors, predictor => predictor.Dispose());
        }
    }

    /// <summary>Which kernels the plan of a compiled network uses, and for how many layers.</summary>
    internal static string Kernels(JourneyStep step)
    {
        using var predictor = new Predictor(step.Model, Options(step));
        Tensor input = RandomInput.Create(predictor.Graph.ShapeOf(predictor.Graph.Input.Name).Prepend(1), seed: 0);
        IEnumerable<IGrouping<string, LayerTiming>> kernels = predictor.Profile(input, repetitions: 1)
            .Where(layer => layer.MultiplyAccumulates > 0)
            .GroupBy(layer => layer.Kernel.Split(' ')[0])
            .OrderByDescending(kernel => kernel.Count());
        return string.Join(", ", kernels.Select(kernel => $"{kernel.Key} {kernel.Count()}"));
    }

    private static PredictorOptions Options(JourneyStep step) => step.IsCompiled
        ? new PredictorOptions { Threads = 1 }
        : new PredictorOptions { Threads = 1, Unfolded = true, ConvolutionKernels = DenseKernel };
}
