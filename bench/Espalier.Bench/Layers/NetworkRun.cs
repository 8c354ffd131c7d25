using System.Collections.Immutable;
using System.Diagnostics;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Bench.Layers;

/// <summary>A network as the inference plan runs it at batch 1, whose steps are timed one by one.</summary>
internal sealed class NetworkRun : IDisposable
{
    private const int HotRuns = 10; // the first of which warms the caches

    private readonly WorkerPool _pool;
    private readonly StepRunner _runner;
    private readonly Arena _arena;

    /// <summary>Plans a network and runs it once, so that memory is resident and code is compiled.</summary>
    /// <param name="model">The network.</param>
    /// <param name="set">The vectors to compute with.</param>
    /// <param name="preference">Which kernels to take for a convolution.</param>
    /// <param name="threads">Threads that share each step.</param>
    internal NetworkRun(Model model, InstructionSet set, KernelPreference preference, int threads = 1)
    {
        _pool = new WorkerPool(threads);
        _runner = new StepRunner(_pool);
        InferencePlan plan = PlanBuilder.Build(Predictor.Prepared(model, default), new LoweringOptions(set, preference), _pool, null);
        Steps = [.. plan.Steps.Select((step, i) => new NetworkStep(step, plan.StepShapes[i]))];
        _arena = new Arena(plan.ArenaLength, 1);
        _arena.Begin(1, Image(model.Graph.ShapeOf(model.Graph.Input.Name)));
        _runner.Run(plan.Steps, _arena);
    }

    /// <summary>Plans a network and runs it once.</summary>
    /// <param name="model">The network.</param>
    /// <param name="set">The vectors to compute with.</param>
    /// <param name="kernels">Kernels to prefer, separated by commas; <see langword="null"/> leaves it to the environment variable, or else to cost.</param>
    /// <param name="threads">Threads that share each step.</param>
    internal NetworkRun(Model model, InstructionSet set, string? kernels, int threads = 1)
        : this(model, set, (in ConvolutionProblem _, WeightSparsity _) => kernels, threads)
    {
    }

    /// <summary>The steps, in the order in which they run.</summary>
    internal ImmutableArray<NetworkStep> Steps { get; }

    /// <summary>Seconds of each step, in the network's order: with the caches as cold as they are there.</summary>
    internal double[] Cold() => [.. Steps.Select(Seconds)];

    /// <summary>Seconds of the best of a few runs of one step one after the other: with its numbers in the caches.</summary>
    internal double Hot(NetworkStep step)
    {
        Seconds(step);
        return Enumerable.Range(1, HotRuns - 1).Min(_ => Seconds(step));
    }

    public void Dispose() => _pool.Dispose();

    private double Seconds(NetworkStep step)
    {
        long start = Stopwatch.GetTimestamp();
        _runner.Run(step.Step, _arena);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    internal static Tensor Image(Shape shape) => Images(shape, 1);

    /// <summary>A batch of random images.</summary>
    internal static Tensor Images(Shape shape, int batch)
    {
        Tensor image = Tensor.Zeros(shape.Prepend(batch));
        Span<float> values = image.Write<float>();
        var random = new CounterRandom(3);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)random.Uniform((ulong)i, -1, 1);
        }

        return image;
    }
}
