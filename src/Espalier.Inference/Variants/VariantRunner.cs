using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Runs variants of a model, which differ from it in a few numbers, on the same samples: only what lies behind the first difference is computed anew, and only parts that differ are packed anew.</summary>
/// <remarks>
/// The network is cut into parts (<see cref="GraphSegments"/>). Of the original it keeps the values at one cut, and moves on with the variants: fastest where
/// these come in the network's order, as in <see cref="SensitivityScan"/>. Results are those of a <see cref="Predictor"/> but for rounding, since nothing is folded across cuts.
/// One thread at a time.
/// </remarks>
public sealed class VariantRunner : IDisposable
{
    private const int MostSegments = 32; // each costs two changes of layout; half a segment's time is all that more of them could save

    private readonly Model _model;
    private readonly IReadOnlyList<Graph> _segments;
    private readonly Predictor?[] _predictors;
    private readonly PredictorOptions _options;
    private readonly WorkerPool _pool;
    private readonly Tensor[] _inputs;
    private Tensor[] _values;
    private int _position; // the segment that the values are the input of

    /// <summary>Makes ready to run variants of a model.</summary>
    /// <param name="model">The original.</param>
    /// <param name="inputs">The samples, in batches: Float32, [batch, …sample].</param>
    /// <param name="options">How to run.</param>
    public VariantRunner(Model model, IEnumerable<Tensor> inputs, PredictorOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model.Apply(new DropoutRemoval());
        _segments = GraphSegments.Of(_model.Graph, MostSegments);
        _predictors = new Predictor?[_segments.Count];
        _options = options;
        _inputs = [.. inputs];
        _values = _inputs;
        _pool = new WorkerPool(options.ThreadCount);
    }

    /// <summary>In how many parts the network was cut.</summary>
    public int Segments => _segments.Count;

    /// <summary>The variant's output for each batch.</summary>
    /// <param name="variant">A model with the original's graph.</param>
    /// <exception cref="ArgumentException">Its graph is another one.</exception>
    public IReadOnlyList<Tensor> Run(Model variant)
    {
        ArgumentNullException.ThrowIfNull(variant);
        variant = variant.Apply(new DropoutRemoval());
        if (!variant.Graph.Equals(_model.Graph))
        {
            throw new ArgumentException("The variant has another graph than the model.", nameof(variant));
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
    public void Dispose() => _pool.Dispose();

    private void MoveTo(int segment)
    {
        (_values, _position) = segment < _position ? (_inputs, 0) : (_values, _position);
        for (; _position < segment; _position++)
        {
            _values = RunThrough(Original(_position), _values);
        }
    }

    private Predictor Original(int segment) => _predictors[segment] ??= Make(_model, segment);

    private Tensor[] RunOnce(Model variant, int segment, Tensor[] values)
    {
        using Predictor predictor = Make(variant, segment);
        return RunThrough(predictor, values);
    }

    private static Tensor[] RunThrough(Predictor predictor, Tensor[] values) => [.. values.Select(predictor.Run)];

    private Predictor Make(Model model, int segment)
    {
        Graph graph = _segments[segment];
        IEnumerable<KeyValuePair<string, Parameter>> parameters = graph.Parameters.Select(parameter => KeyValuePair.Create(parameter.Key, model.Parameters[parameter.Key]));
        return new Predictor(new Model(graph, Parameters.From(parameters), ModelMetadata.None), _options with { Workers = _pool });
    }
}
