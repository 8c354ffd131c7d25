using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Runs a model. Safe to share between threads: weights are shared, and each concurrent call has memory of its own.</summary>
/// <remarks>Results are the same, bit for bit, for any number of threads, any batch, and any number of concurrent callers.</remarks>
public sealed class Predictor : IDisposable
{
    private readonly WorkerPool _pool;

    /// <summary>Prepares a model for inference.</summary>
    public Predictor(Model model, PredictorOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        _pool = new WorkerPool(options.Threads > 0 ? options.Threads : Environment.ProcessorCount);
    }

    /// <summary>The model as it was given.</summary>
    public Model Model { get; }

    /// <summary>Threads that share one prediction.</summary>
    public int Threads => _pool.Threads;

    /// <summary>The network's output for a batch.</summary>
    /// <param name="input">Float32, [batch, …sample]: any batch, and any sample shape that the network can take.</param>
    /// <returns>Float32, [batch, …output].</returns>
    /// <exception cref="GraphException">The network cannot take such samples.</exception>
    public Tensor Run(Tensor input) => ReferenceExecutor.Run(Model, input);

    /// <summary>How long each step takes, in the order in which they run, with the caches as cold as they are in the network.</summary>
    /// <param name="input">Float32, [batch, …sample].</param>
    /// <param name="repetitions">How often to run the network.</param>
    public IReadOnlyList<LayerTiming> Profile(Tensor input, int repetitions)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Tensor output = Run(input);
        double elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds / Math.Max(1, repetitions);
        return [new LayerTiming(Model.Graph.Outputs[0], "reference", output.Shape.WithoutFirst(), 0, elapsed, input.Shape[0])];
    }

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();
}
