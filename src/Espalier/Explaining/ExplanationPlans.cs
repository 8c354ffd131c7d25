using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>What explanations of a model run: the model itself, the part up to a node, gradients. Prepared when first used; of each kind the last is kept. One caller runs at a time.</summary>
internal sealed class ExplanationPlans : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ImageClassifierOptions _options;
    private readonly IRuntime _runtime;
    private readonly WorkerPool _workers;
    private readonly IRunnable _predictor;
    private readonly Prepared<IRunnable> _maps = new();
    private readonly Prepared<IRunnable> _scores = new();
    private readonly Prepared<ValueGradient> _gradients = new();
    private bool _disposed;

    internal ExplanationPlans(Model model, ImageClassifierOptions options)
    {
        (Model, _options) = (model, options);
        _runtime = Runtimes.Tuned(options.Runtime, options.TunedKernels);
        _workers = options.Workers ?? new WorkerPool(options.ThreadCount);
        try
        {
            _predictor = Prepare(model);
        }
        catch
        {
            DisposeWorkers();
            throw;
        }
    }

    internal Model Model { get; }

    /// <summary>The model's first output.</summary>
    internal Tensor Predict(Tensor input) => Locked(() => _predictor.Run(input));

    /// <summary>The output of a node.</summary>
    internal float[] Values(Tensor input, string node) => Locked(() => _maps.Get(node, () => Prepare(ExplainedNetwork.Computing(Model, [node]))).Run(input).Read<float>().ToArray());

    /// <summary>The output of a node, and the gradient by it of a weighted sum of another node's elements.</summary>
    /// <param name="input">The input.</param>
    /// <param name="of">The node whose elements are summed.</param>
    /// <param name="by">The node by whose output the sum is differentiated.</param>
    /// <param name="weight">The weight of each element, by its index.</param>
    internal (float[] Value, float[] Gradient) Differentiate(Tensor input, string of, string by, Func<int, float> weight) =>
        Locked(() => _gradients.Get($"{of} {by}", () => new ValueGradient(_runtime, Model, of, by, _workers)).Compute(input, weight));

    /// <summary>Runs the model on changed copies of an input: see <see cref="ChangedInputs"/>.</summary>
    /// <param name="input">The input.</param>
    /// <param name="count">Number of copies.</param>
    /// <param name="change">Changes a copy.</param>
    /// <param name="use">Receives the output for each copy.</param>
    /// <param name="isScore">Whether the output is the score before a softmax at the network's end, instead of its first output.</param>
    /// <param name="progress">Receives the fraction that is done.</param>
    /// <param name="cancellation">Checked between batches.</param>
    internal void RunChanged(Tensor input, int count, Action<int, Memory<float>> change, Action<int, float[]> use, bool isScore, IProgress<double>? progress, CancellationToken cancellation) => Locked(() =>
    {
        string score = ExplainedNetwork.ScoreOf(Model.Graph);
        IRunnable network = isScore && score != Model.Graph.Outputs[0] ? _scores.Get(score, () => Prepare(ExplainedNetwork.Computing(Model, [score]))) : _predictor;
        new ChangedInputs(network, _options.Batch).Run(input, count, change, use, progress, cancellation);
        return true;
    });

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _predictor.Dispose();
            _maps.Dispose();
            _scores.Dispose();
            _gradients.Dispose();
            DisposeWorkers();
        }
    }

    private T Locked<T>(Func<T> work)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(PhotoExplainer));
            return work();
        }
    }

    private IRunnable Prepare(Model model) => _runtime.Prepare(model, new RunOptions { Workers = _workers });

    private void DisposeWorkers()
    {
        if (_options.Workers is null)
        {
            _workers.Dispose();
        }
    }

    /// <summary>The last prepared value of a kind.</summary>
    private sealed class Prepared<T> : IDisposable where T : class, IDisposable
    {
        private string? _key;
        private T? _value;

        internal T Get(string key, Func<T> prepare)
        {
            if (_key != key || _value is null)
            {
                _value?.Dispose();
                (_key, _value) = (null, null);
                (_value, _key) = (prepare(), key);
            }

            return _value;
        }

        public void Dispose() => _value?.Dispose();
    }
}
