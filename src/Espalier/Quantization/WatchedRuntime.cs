using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>A runtime with a number of threads, whose runs are counted and end when they are cancelled: for passes that run models many times.</summary>
/// <param name="runtime">What runs the models.</param>
/// <param name="threads">The number of threads.</param>
/// <param name="ran">Receives the number of samples of each run.</param>
/// <param name="cancellation">Checked before each run.</param>
internal sealed class WatchedRuntime(IRuntime runtime, int threads, Action<int> ran, CancellationToken cancellation) : IRuntime
{
    /// <inheritdoc/>
    public string Name => runtime.Name;

    /// <inheritdoc/>
    public IRunnable Prepare(Model model, RunOptions options = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return new Watched(runtime.Prepare(model, options with { Threads = options.Workers is null ? threads : options.Threads }), ran, cancellation);
    }

    /// <inheritdoc/>
    public ITrainingRun PrepareTraining(Model model, TrainingRunOptions options) => runtime.PrepareTraining(model, options);

    private sealed class Watched(IRunnable runnable, Action<int> ran, CancellationToken cancellation) : IRunnable
    {
        public Graph Graph => runnable.Graph;

        public IReadOnlyList<Tensor> RunAll(Tensor input)
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<Tensor> outputs = runnable.RunAll(input);
            ran(input.Shape[0]);
            return outputs;
        }

        public void Dispose() => runnable.Dispose();
    }
}
