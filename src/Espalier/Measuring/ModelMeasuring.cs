using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Measures how fast models run on this machine.</summary>
public static class ModelMeasuring
{
    /// <summary>Measures how long a prediction takes, on numbers drawn from a seed. Random weights are as fast as trained ones.</summary>
    /// <param name="model">The model, which is folded and fused as it will be used.</param>
    /// <param name="options">How it runs, and how often.</param>
    /// <param name="progress">Is told how many runs are done, warm-up included.</param>
    /// <param name="cancellation">Looked at before each run.</param>
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

    /// <summary>Measures several models in turns, a sample at a time on one thread, so that whatever else the machine does slows all of them alike.</summary>
    /// <param name="models">The models.</param>
    /// <param name="runtime">What runs them; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</param>
    /// <param name="cancellation">Looked at before each run.</param>
    /// <returns>The times of each.</returns>
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

/// <summary>How latency is measured.</summary>
public sealed record LatencyOptions
{
    /// <summary>Threads that share one prediction, at most 1024; 0 for one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>Samples of one prediction, at least 1.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Runs before the first that counts; more of them where they take less than half a second, while .NET still compiles what runs often.</summary>
    public int WarmUpRuns { get; init; } = 5;

    /// <summary>Runs that count, at least 1.</summary>
    public int Runs { get; init; } = 30;

    /// <summary>Kernels that were timed on this machine, or <see langword="null"/>.</summary>
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
