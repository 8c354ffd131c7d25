using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Runs variants of a model, which have the same graph and differ in a few parameters, on the same samples: only the part of the network after the first difference is computed again, and only segments that differ are packed again.</summary>
/// <remarks>
/// The network is cut into segments (<see cref="GraphSegments"/>). The original's values are kept at one cut, which moves forward with the variants: fastest if
/// these come in the network's order, as in <see cref="SensitivityScan"/>. Results equal those of the whole network up to rounding, because nothing is folded across cuts.
/// Not safe for concurrent use.
/// </remarks>
public sealed class VariantRunner : IDisposable
{
    private const int MostSegments = 32; // each costs two changes of layout; more segments save at most half a segment's time per variant

    private readonly Model _model;
    private readonly IReadOnlyList<Graph> _segments;
    private readonly IRunnable?[] _prepared;
    private readonly IRuntime _runtime;
    private readonly WorkerPool _pool;
    private readonly Tensor[] _inputs;
    private Tensor[] _values;
    private int _position; // the segment that the values are the input of

    /// <summary>Prepares to run variants of a model.</summary>
    /// <param name="model">The original.</param>
    /// <param name="inputs">The samples, in batches: Float32, [batch, …sample].</param>
    /// <param name="runtime">What runs the segments; <see langword="null"/> for the CPU's vector kernels.</param>
    /// <param name="threads">Threads that share one run; 0 for one for each processor.</param>
    public VariantRunner(Model model, IEnumerable<Tensor> inputs, IRuntime? runtime = null, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model.Apply(new DropoutRemoval());
        _segments = GraphSegments.Of(_model.Graph, MostSegments);
        _prepared = new IRunnable?[_segments.Count];
        _runtime = runtime ?? CpuRuntime.Instance;
        _inputs = [.. inputs];
        _values = _inputs;
        _pool = new WorkerPool(ThreadCount.Of(threads, nameof(threads), nameof(threads)));
    }

    /// <summary>Number of segments that the network was cut into.</summary>
    public int Segments => _segments.Count;

    /// <summary>Computes the variant's output for each batch.</summary>
    /// <param name="variant">A model with the same graph as the original.</param>
    /// <exception cref="ArgumentException">The graph is a different one.</exception>
    public IReadOnlyList<Tensor> Run(Model variant)
    {
        ArgumentNullException.ThrowIfNull(variant);
        variant = variant.Apply(new DropoutRemoval());
        if (!variant.Graph.Equals(_model.Graph))
        {
            throw new ArgumentException("The variant's graph differs from the model's.", nameof(variant));
        }

        bool[] differs = [.. _segments.Select(segment => segment.Parameters.Any(parameter => variant.Parameters[parameter.Key] != _model.Parameters[parameter.Key]))];
        MoveTo(Math.Max(0, Array.IndexOf(differs, true)));
        Tensor[] values = _values;
        for (int i = _position; i < _segments.Count; i++)
        {
            values = differs[i] ? RunOnce(variant, i, values) : RunThrough(Original(i), values);
        }

        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_prepared, prepared => prepared?.Dispose());
        _pool.Dispose();
    }

    private void MoveTo(int segment)
    {
        (_values, _position) = segment < _position ? (_inputs, 0) : (_values, _position);
        for (; _position < segment; _position++)
        {
            _values = RunThrough(Original(_position), _values);
        }
    }

    private IRunnable Original(int segment) => _prepared[segment] ??= Make(_model, segment);

    private Tensor[] RunOnce(Model variant, int segment, Tensor[] values)
    {
        using IRunnable prepared = Make(variant, segment);
        return RunThrough(prepared, values);
    }

    private static Tensor[] RunThrough(IRunnable prepared, Tensor[] values) => [.. values.Select(prepared.Run)];

    private IRunnable Make(Model model, int segment)
    {
        Graph graph = _segments[segment];
        IEnumerable<KeyValuePair<string, Parameter>> parameters = graph.Parameters.Select(parameter => KeyValuePair.Create(parameter.Key, model.Parameters[parameter.Key]));
        return _runtime.Prepare(new Model(graph, Parameters.From(parameters), ModelMetadata.None), new RunOptions { Workers = _pool });
    }
}
