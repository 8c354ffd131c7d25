using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Measures the latency of models on this machine.</summary>
public static class ModelMeasuring
{
    /// <summary>Measures the latency of a prediction on random inputs. It does not depend on whether the weights are trained.</summary>
    /// <param name="model">The model, which is folded and fused as for inference.</param>
    /// <param name="options">Threads, batch size and number of runs; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the number of runs done, including warm-up runs.</param>
    /// <param name="cancellation">Checked before each run.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    /// <exception cref="EspalierException">The runtime cannot run the model, or kernels were timed for another one.</exception>
    public static Latencies MeasureLatency(this Model model, LatencyOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new LatencyOptions();
        options.Require();
        using IRunnable runnable = Runtimes.Tuned(options.Runtime, options.TunedKernels).Prepare(model, new RunOptions { Threads = options.Threads });
        Tensor input = RandomInput.Create(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(options.Batch), seed: 0);
        return LatencyMeasurement.Measure(options.WarmUpRuns, options.Runs, () => runnable.Run(input), done => progress?.Report((int)done), cancellation);
    }

    /// <summary>Measures the latency of several models in turns, for one sample on one thread, so that other load on the machine affects all of them equally.</summary>
    /// <param name="models">The models.</param>
    /// <param name="runtime">What runs them; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</param>
    /// <param name="cancellation">Checked before each run.</param>
    /// <returns>The latencies of each model.</returns>
    /// <exception cref="ArgumentNullException">One of the models is <see langword="null"/>.</exception>
    public static IReadOnlyList<Latencies> MeasureInTurns(this IReadOnlyList<Model> models, IRuntime? runtime = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(models);
        foreach (Model model in models)
        {
            ArgumentNullException.ThrowIfNull(model, nameof(models));
        }

        return ModelTiming.Measure(models, runtime ?? Runtimes.Cpu, cancellation);
    }
}

/// <summary>The options of a latency measurement.</summary>
public sealed record LatencyOptions
{
    /// <summary>The number of threads that compute one prediction, at most 1024; 0 for one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>The batch size, at least 1.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>The number of warm-up runs; more are made until half a second has passed, because .NET recompiles hot methods in that time.</summary>
    public int WarmUpRuns { get; init; } = 5;

    /// <summary>The number of measured runs, at least 1.</summary>
    public int Runs { get; init; } = 30;

    /// <summary>The convolution kernels that were fastest on this machine (see <see cref="TuningCache"/>), or <see langword="null"/>.</summary>
    public TunedKernels? TunedKernels { get; init; }

    /// <summary>What runs the model; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</summary>
    public IRuntime? Runtime { get; init; }

    internal void Require()
    {
        ThreadCount.Require(Threads, $"{nameof(LatencyOptions)}.{nameof(Threads)}");
        OptionCheck.AtLeast<int>(Batch, 1, $"{nameof(LatencyOptions)}.{nameof(Batch)}");
        OptionCheck.AtLeast<int>(WarmUpRuns, 0, $"{nameof(LatencyOptions)}.{nameof(WarmUpRuns)}");
        OptionCheck.AtLeast<int>(Runs, 1, $"{nameof(LatencyOptions)}.{nameof(Runs)}");
    }
}
