using System.Collections.Immutable;
using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>A model prepared for training: forward and backward passes over one arena with planned memory, with the kernels of inference.</summary>
/// <remarks>
/// Results are bit-identical for any number of threads and on every repetition. Not safe to share between threads. A graph with several
/// outputs is trained on its first one and on those that the options name.
/// </remarks>
internal sealed class TrainingPlan : ITrainingRun
{
    private readonly TrainingState _state;
    private readonly TrainingPlanOptions _options;
    private readonly WorkerPool _pool;
    private readonly bool _ownsPool;
    private readonly SampleNeeds _needs;
    private readonly SingleValueNorms _norms;
    private readonly ImmutableArray<TrainingValue> _outputs;
    private readonly Dictionary<string, TrainingValue> _gradients; // those of GradientsOf, by node
    private readonly TrainingSchedule _schedule;
    private readonly TrainingParameter[][] _lastUses; // by layer: the parameters that no later layer of the backward pass has
    private readonly long _resultLength; // elements of all trained outputs of one sample
    private readonly long _arenaLength;
    private readonly bool _dropsAnything;
    private TrainingRun? _run;
    private float[] _result = [];
    private int _batch; // samples of the last forward pass; 0 after its backward pass
    private int _differentiated; // samples of the last backward pass; 0 after the next forward pass

    private TrainingPlan(Model model, TrainingPlanOptions options, WorkerPool pool)
    {
        (Model, _options, _pool, _ownsPool) = (model, options, pool, options.Workers is null);
        options.RequireGradientsOf(model.Graph);
        _state = new TrainingState(model, options);
        _needs = new SampleNeeds(model.Graph, options.OutputsOf(model.Graph));
        _norms = new SingleValueNorms(model.Graph, _needs, options.IsFrozen);
        _dropsAnything = model.Graph.Nodes.Any(node => node.Op is StochasticDepth);
        var builder = new LayerBuilder(model.Graph, options, _state, _needs);
        List<TrainingLayer> layers = builder.Build();
        (Layers, _outputs) = ([.. layers], [.. builder.Outputs]);
        _lastUses = builder.LastUses();
        _gradients = options.GradientsOf.Distinct().ToDictionary(name => name, builder.ValueOf);
        _resultLength = _outputs.Sum(output => LengthOf(output));
        _schedule = new TrainingSchedule(layers, _outputs, [.. _gradients.Values], options.Recompute);
        _arenaLength = MemoryPlan.Place(_schedule.Lifetimes());
        Arena.Require(_arenaLength, options.Batch);
        Memory = Forecast();
    }

    /// <summary>The model that the plan was built for, with its initial values.</summary>
    public Model Model { get; }

    /// <summary>The shape of one sample.</summary>
    public Shape InputShape => Model.Graph.ShapeOf(Model.Graph.Input.Name);

    /// <summary>The shape of one sample's first output: <c>[classes]</c> for a classifier.</summary>
    public Shape OutputShape => Model.Graph.ShapeOf(Model.Graph.Outputs[0]);

    /// <summary>The layers, in the order of the forward pass.</summary>
    internal ImmutableArray<TrainingLayer> Layers { get; }

    /// <summary>The memory that the plan needs. It is known before the first step, which allocates the arena.</summary>
    public MemoryForecast Memory { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TrainingParameter> Parameters => _state.Parameters;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Buffers => _state.Buffers;

    /// <summary>Builds a plan.</summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="options">Batch size, seed, further outputs and frozen scopes.</param>
    /// <exception cref="EspalierException">A frozen scope or a further output does not exist, or the batch needs more memory than one arena can hold.</exception>
    public static TrainingPlan Build(Model model, TrainingPlanOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Batch, 1);
        WorkerPool pool = options.Workers ?? new WorkerPool(ThreadCount.Usual);
        try
        {
            return new TrainingPlan(model, options, pool);
        }
        catch when (options.Workers is null)
        {
            pool.Dispose(); // building failed, so the caller cannot dispose it
            throw;
        }
    }

    /// <summary>Builds a plan that uses the caller's threads.</summary>
    internal static TrainingPlan Build(Model model, TrainingPlanOptions options, WorkerPool pool) => Build(model, options with { Workers = pool });

    /// <inheritdoc/>
    public ReadOnlySpan<float> Forward(Tensor images, TrainingPass pass)
    {
        ArgumentNullException.ThrowIfNull(images);
        SampleBatch.Require(images, InputShape, _options.Batch);
        int batch = images.Shape[0];
        DepthDraws depth = Draw(batch, pass);
        if (_options.Statistics is null)
        {
            _norms.Require(batch, "");
        }

        _state.RequireScales();
        TrainingRun run = _run ??= new TrainingRun(_pool, new Arena(_arenaLength, _options.Batch));
        _batch = batch;
        run.Begin(images, pass, new TrainingDraws(_options.Seed, pass), depth);
        CountSamples();
        Repack(run);
        foreach (TrainingLayer layer in Layers)
        {
            layer.Output.Current = layer.Output.First;
            layer.Run(run);
        }

        return ReadResult(run);
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<float> outputGradient)
    {
        SampleBatch.RequireGradient(outputGradient, _run is null ? 0 : _batch, _resultLength);
        if (_outputs.Any(output => output.NeedsGradient))
        {
            SetOutputGradients(_run!, outputGradient);
            foreach ((int first, int end) in _schedule.Segments.Reverse())
            {
                ComputeAgain(_run!, first, end);
                Backward(_run!, first, end);
            }
        }

        (_differentiated, _batch) = (_batch, 0);
    }

    /// <inheritdoc/>
    public Tensor GradientOf(string node)
    {
        ArgumentNullException.ThrowIfNull(node);
        ActivationGradients.Require(_options, node, _differentiated);
        TrainingValue value = _gradients[node];
        int[] samples = value.HasGradient ? value.Need.Samples : [];
        Shape shape = Model.Graph.ShapeOf(node);
        float[] rows = new float[samples.Length * shape.Count];
        if (samples.Length > 0)
        {
            _run!.Parallel((part, parts) => LayoutKernel.ToPlain(_run.GradientOf(value), value.GradientLayout, rows, samples.Length, part, parts));
        }

        return ActivationGradients.Spread(rows, samples, _differentiated, shape);
    }

    /// <inheritdoc/>
    public void ZeroGradients()
    {
        foreach (TrainingParameter parameter in _state.Parameters)
        {
            parameter.HasGradient = false; // the next backward pass overwrites it
        }
    }

    /// <inheritdoc/>
    public void Step(Action update)
    {
        ArgumentNullException.ThrowIfNull(update);
        update();
        _state.WidenScales();
        ParametersChanged();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsPool)
        {
            _pool.Dispose();
        }
    }

    /// <summary>Must be called after parameters were changed: they are packed again before the next forward pass.</summary>
    internal void ParametersChanged()
    {
        foreach (TrainingLayer layer in Layers)
        {
            layer.IsRepackDue = true;
        }
    }

    /// <summary>Sets the parameters and buffers of the given names; others are not changed.</summary>
    /// <exception cref="EspalierException">A tensor has another shape than the parameter, or the network has no parameter of that name.</exception>
    public void Load(IEnumerable<KeyValuePair<string, Tensor>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach ((string name, Tensor tensor) in values)
        {
            _state.Load(name, tensor);
        }

        ParametersChanged();
    }

    /// <inheritdoc/>
    public void Mask(Parameters masked) => _state.Mask(masked);

    /// <summary>Returns a copy of the model with the current parameters and running statistics.</summary>
    public Model ToModel() => _state.ToModel();

    /// <inheritdoc/>
    public int SamplesComputed(string node) => _needs.Of(Model.Graph[node].Name)?.Count ?? 0;

    /// <summary>The time in seconds that stochastic depth has saved since the last <see cref="ResetSavedSeconds"/>: for each layer the number of saved samples, times the time per computed sample, minus the time of passes in which it was dropped. NaN for a network without stochastic depth.</summary>
    public double SavedSeconds => _dropsAnything ? Layers.Sum(layer => layer.Cost.SavedTicks) / Stopwatch.Frequency : double.NaN;

    /// <summary>Resets <see cref="SavedSeconds"/> to 0.</summary>
    public void ResetSavedSeconds()
    {
        foreach (TrainingLayer layer in Layers)
        {
            layer.Cost.Reset();
        }
    }

    // Determines the samples that every value is needed for. After this, the preceding forward pass can no longer have a backward pass.
    private DepthDraws Draw(int batch, TrainingPass pass)
    {
        (_batch, _differentiated) = (0, 0);
        var depth = new DepthDraws(Model.Graph, new TrainingDraws(_options.Seed, pass), batch);
        _needs.Update(batch, depth);
        return depth;
    }

    private void CountSamples()
    {
        foreach (TrainingLayer layer in Layers.Where(layer => layer is not GatherLayer)) // which exists only because of stochastic depth
        {
            layer.Cost.Count(layer.ComputedFor.Count, layer.ComputedFor.IsNeededWhenAllSurvive ? _batch : 0);
        }
    }

    private MemoryForecast Forecast() => new(
        sizeof(float) * _arenaLength * _options.Batch,
        _state.Parameters.Sum(parameter => sizeof(float) * parameter.Shape.Count) + _state.Buffers.Values.Sum(buffer => buffer.Bytes.Length),
        _state.Parameters.Sum(parameter => (long)sizeof(float) * parameter.Gradient.Length),
        Layers.Sum(layer => layer.PackedBytes) + (sizeof(float) * (long)Layers.Max(layer => layer.WorkspaceLength(_options.Batch))));

    private void Repack(TrainingRun run)
    {
        foreach (TrainingLayer layer in Layers.Where(layer => layer.IsRepackDue && layer.Output.Need.Count > 0))
        {
            layer.Cost.Start();
            layer.Repack(run);
            layer.Cost.Stop(LayerPass.Repack);
            layer.IsRepackDue = false;
        }
    }

    private ReadOnlySpan<float> ReadResult(TrainingRun run)
    {
        int length = checked((int)(_batch * _resultLength));
        if (_result.Length < length)
        {
            _result = new float[length];
        }

        int start = 0;
        foreach (TrainingValue output in _outputs)
        {
            Memory<float> result = _result.AsMemory(start, (int)(_batch * LengthOf(output)));
            run.Parallel((part, parts) => LayoutKernel.ToPlain(run[output], output.Layout, result.Span, _batch, part, parts));
            start += result.Length;
        }

        return _result.AsSpan(0, length);
    }

    private long LengthOf(TrainingValue output) => Model.Graph.ShapeOf(output.Name).Count;

    private void SetOutputGradients(TrainingRun run, ReadOnlySpan<float> gradients)
    {
        foreach (TrainingLayer layer in Layers)
        {
            layer.Output.HasGradient = false;
        }

        int start = 0;
        foreach (TrainingValue output in _outputs)
        {
            ReadOnlySpan<float> gradient = gradients.Slice(start, (int)(_batch * LengthOf(output)));
            start += gradient.Length;
            if (output.NeedsGradient)
            {
                BorderKernel.Clear(run.GradientOf(output), output.GradientLayout, _batch, 0, 1);
                LayoutKernel.ToBlocked(gradient, run.GradientOf(output), output.GradientLayout, _batch, 0, 1);
                output.HasGradient = true;
            }
        }
    }

    private void ComputeAgain(TrainingRun run, int first, int end)
    {
        run.IsAgain = true;
        for (int i = first; i < end; i++)
        {
            if (_schedule.IsAgain[i])
            {
                Layers[i].Output.Current = Layers[i].Output.Second;
                Layers[i].Run(run);
            }
        }

        run.IsAgain = false;
    }

    private void Backward(TrainingRun run, int first, int end)
    {
        for (int i = end - 1; i >= first; i--)
        {
            TrainingLayer layer = Layers[i];
            if (layer.Output is { HasGradient: true, NeedsGradient: true })
            {
                layer.Cost.Start();
                layer.Backward(run);
                layer.Cost.Stop(LayerPass.Backward, layer.ComputedFor.Count == 0);
            }
            else if (layer.Output.NeedsGradient)
            {
                layer.SkipBackward(run);
            }

            Array.ForEach(_lastUses[i], parameter => _options.GradientReady?.Invoke(parameter));
        }
    }
}
