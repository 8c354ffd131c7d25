using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Runs and trains models on a runtime, and on another one from the first model on that the former refuses, for example because its memory does not suffice.</summary>
/// <param name="preferred">The runtime that is used as long as it takes every model.</param>
/// <param name="other">The runtime that is used from then on.</param>
/// <param name="refused">Called once, with the reason; not if the other runtime refuses the same model, whose error is then thrown.</param>
public sealed class FallbackRuntime(IRuntime preferred, IRuntime other, Action<EspalierException> refused) : IRuntime
{
    private readonly Lock _lock = new();
    private volatile bool _isRefused;

    /// <summary>The name of the runtime that is used.</summary>
    public string Name => _isRefused ? other.Name : preferred.Name;

    /// <inheritdoc/>
    public IRunnable Prepare(Model model, RunOptions options = default) => On(runtime => runtime.Prepare(model, options));

    /// <inheritdoc/>
    public ITrainingRun PrepareTraining(Model model, TrainingRunOptions options) => On(runtime => runtime.PrepareTraining(model, options));

    private T On<T>(Func<IRuntime, T> prepare)
    {
        if (_isRefused)
        {
            return prepare(other);
        }

        try
        {
            return prepare(preferred);
        }
        catch (EspalierException reason)
        {
            T prepared = prepare(other);
            lock (_lock)
            {
                if (!_isRefused)
                {
                    _isRefused = true;
                    refused(reason);
                }
            }

            return prepared;
        }
    }
}
