using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>A runtime with a number of threads, whose runs end when they are cancelled: for passes that run models many times.</summary>
/// <param name="runtime">What runs the models.</param>
/// <param name="threads">The number of threads.</param>
/// <param name="cancellation">Checked before each run.</param>
internal sealed class WatchedRuntime(IRuntime runtime, int threads, CancellationToken cancellation) : IRuntime
{
    /// <inheritdoc/>
    public string Name => runtime.Name;

    /// <inheritdoc/>
    public IRunnable Prepare(Model model, RunOptions options = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return new Watched(runtime.Prepare(model, options with { Threads = options.Workers is null ? threads : options.Threads }), cancellation);
    }

    /// <inheritdoc/>
    public ITrainingRun PrepareTraining(Model model, TrainingRunOptions options) => runtime.PrepareTraining(model, options);

    private sealed class Watched(IRunnable runnable, CancellationToken cancellation) : IRunnable
    {
        public Graph Graph => runnable.Graph;

        public IReadOnlyList<Tensor> RunAll(Tensor input)
        {
            cancellation.ThrowIfCancellationRequested();
            return runnable.RunAll(input);
        }

        public void Dispose() => runnable.Dispose();
    }
}
