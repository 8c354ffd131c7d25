using System.Collections.Immutable;
using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>A model made ready to train: forward and backward passes over one planned arena, on the kernels that inference uses.</summary>
/// <remarks>
/// Results are the same, bit for bit, for any number of threads and on every repeat. Not safe to share between threads. A graph of several
/// outputs is trained on its first.
/// </remarks>
internal sealed class TrainingPlan : ITrainingRun
{
    private readonly TrainingState _state;
    private readonly TrainingPlanOptions _options;
    private readonly WorkerPool _pool;
    private readonly bool _ownsPool;
    private readonly SampleNeeds _needs;
    private readonly SingleValueNorms _norms;
    private readonly ImmutableArray<TrainingLayer> _layers;
    private readonly TrainingValue _output;
    private readonly TrainingSchedule _schedule;
    private readonly long _arenaLength;
    private readonly bool _dropsAnything;
    private TrainingRun? _run;
    private float[] _result = [];
    private int _batch;

    private TrainingPlan(Model model, TrainingPlanOptions options, WorkerPool pool)
    {
        (Model, _options, _pool, _ownsPool) = (model, options, pool, options.Workers is null);
        _state = new TrainingState(model, options.Frozen);
        _needs = new SampleNeeds(model.Graph);
        _norms = new SingleValueNorms(model.Graph, _needs, options.IsFrozen);
        _dropsAnything = model.Graph.Nodes.Any(node => node.Op is StochasticDepth);
        var builder = new LayerBuilder(model.Graph, options, _state, _needs);
        List<TrainingLayer> layers = builder.Build();
        (_layers, _output) = ([.. layers], builder.Output);
        _schedule = new TrainingSchedule(layers, _output, options.Recompute);
        _arenaLength = MemoryPlan.Place(_schedule.Lifetimes());
        Arena.Require(_arenaLength, options.Batch);
        Memory = Forecast();
    }

    /// <summary>The model as it was given.</summary>
    public Model Model { get; }

    /// <summary>The shape of one sample.</summary>
    public Shape InputShape => Model.Graph.ShapeOf(Model.Graph.Input.Name);

    /// <summary>The shape of one sample's result: <c>[classes]</c> for a classifier.</summary>
    public Shape OutputShape => Model.Graph.ShapeOf(Model.Graph.Outputs[0]);

    /// <summary>The memory it takes: known before any step, because the arena is made by the first one.</summary>
    public MemoryForecast Memory { get; }

    /// <summary>Every parameter that is no buffer, frozen ones included, in the order of the graph.</summary>
    public IReadOnlyList<TrainingParameter> Parameters => _state.Parameters;

    /// <summary>Running statistics and other buffers as they are now, by name. The tensors are the plan's own and change with every forward pass.</summary>
    public IReadOnlyDictionary<string, Tensor> Buffers => _state.Buffers;

    /// <summary>Makes a plan.</summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="options">Batch, seed, what is frozen.</param>
    /// <exception cref="EspalierException">A frozen scope does not exist, or the batch needs more memory than one arena can hold.</exception>
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
            pool.Dispose(); // nobody else will: there is no plan
            throw;
        }
    }

    /// <summary>The same with threads of the caller's.</summary>
    internal static TrainingPlan Build(Model model, TrainingPlanOptions options, WorkerPool pool) => Build(model, options with { Workers = pool });

    /// <summary>Runs the network in training mode: batch statistics, which also go into the running ones, and random drops.</summary>
    /// <param name="images">Float32, [n, …sample], with n at most <see cref="TrainingRunOptions.Batch"/>.</param>
    /// <param name="step">Which draws to use: they are a pure function of (seed, step, node).</param>
    /// <returns>[n, …output] in plain order; overwritten by the next call.</returns>
    /// <exception cref="EspalierException">The images are not of the network's shape, or too many; or so few that a norm has a single value per channel (<see cref="BatchStatistics"/>): then nothing has changed.</exception>
    public ReadOnlySpan<float> Forward(Tensor images, long step)
    {
        ArgumentNullException.ThrowIfNull(images);
        SampleBatch.Require(images, InputShape, _options.Batch);
        int batch = images.Shape[0];
        DepthDraws depth = Draw(batch, step);
        _norms.Require(batch, "");
        TrainingRun run = _run ??= new TrainingRun(_pool, new Arena(_arenaLength, _options.Batch));
        _batch = batch;
        run.Begin(images, new TrainingDraws(_options.Seed, step), depth);
        CountSamples();
        Repack(run);
        foreach (TrainingLayer layer in _layers)
        {
            layer.Output.Current = layer.Output.First;
            Run(layer, run);
        }

        return ReadResult(run);
    }

    /// <summary>Adds the gradient of the last forward pass's batch to every parameter's gradient it reaches.</summary>
    /// <param name="outputGradient">The loss's gradient by the result of <see cref="Forward"/>, in the same order.</param>
    /// <exception cref="InvalidOperationException">There was no forward pass, or it has had its backward pass.</exception>
    public void Backward(ReadOnlySpan<float> outputGradient)
    {
        SampleBatch.RequireGradient(outputGradient, _run is null ? 0 : _batch, OutputShape);
        if (_output.NeedsGradient)
        {
            SetOutputGradient(_run!, outputGradient);
            foreach ((int first, int end) in _schedule.Segments.Reverse())
            {
                ComputeAgain(_run!, first, end);
                Backward(_run!, first, end);
            }
        }

        _batch = 0;
    }

    /// <summary>Forgets all parameters' gradients.</summary>
    public void ZeroGradients()
    {
        foreach (TrainingParameter parameter in _state.Parameters)
        {
            parameter.HasGradient = false; // the first writer overwrites
        }
    }

    /// <inheritdoc/>
    public void Step(Action update)
    {
        ArgumentNullException.ThrowIfNull(update);
        update();
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

    /// <summary>Parameters have been changed: their packed forms are made anew before the next forward pass.</summary>
    internal void ParametersChanged()
    {
        foreach (TrainingLayer layer in _layers)
        {
            layer.IsRepackDue = true;
        }
    }

    /// <summary>Sets parameters and buffers from a checkpoint; names that are not there stay as they are.</summary>
    /// <exception cref="EspalierException">A tensor's shape is not the parameter's, or the network has no parameter of the name.</exception>
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

    /// <summary>The model with the parameters and running statistics as they are now: a copy.</summary>
    public Model ToModel() => _state.ToModel();

    /// <summary>For how many samples of the last forward pass's batch a node was computed: none for the nodes of a dropped branch.</summary>
    /// <exception cref="GraphException">There is no such node.</exception>
    public int SamplesComputed(string node) => _needs.Of(Model.Graph[node].Name)?.Count ?? 0;

    /// <summary>Seconds that stochastic depth has saved since the last <see cref="ResetSavedSeconds"/>: for each layer the samples that it was spared, times what it took for one when it was computed, less what dropping took. Not a number for a network without.</summary>
    public double SavedSeconds => _dropsAnything ? _layers.Sum(layer => layer.Cost.SavedTicks) / Stopwatch.Frequency : double.NaN;

    /// <summary>Measures anew what stochastic depth saves.</summary>
    public void ResetSavedSeconds()
    {
        foreach (TrainingLayer layer in _layers)
        {
            layer.Cost.Reset();
        }
    }

    // Which samples every value is needed for. An earlier forward pass has no backward pass any more.
    private DepthDraws Draw(int batch, long step)
    {
        _batch = 0;
        var depth = new DepthDraws(Model.Graph, new TrainingDraws(_options.Seed, step), batch);
        _needs.Update(batch, depth);
        return depth;
    }

    private static void Run(TrainingLayer layer, TrainingRun run)
    {
        if (layer.Output.Need.Count > 0)
        {
            long start = Stopwatch.GetTimestamp();
            layer.Forward(run);
            layer.Cost.Add(Stopwatch.GetTimestamp() - start, layer.ComputedFor.Count == 0);
        }
    }

    private void CountSamples()
    {
        foreach (TrainingLayer layer in _layers.Where(layer => layer is not GatherLayer)) // which there is for the drops' sake alone
        {
            layer.Cost.Count(layer.ComputedFor.Count, layer.ComputedFor.IsNeededWhenAllSurvive ? _batch : 0);
        }
    }

    private MemoryForecast Forecast() => new(
        sizeof(float) * _arenaLength * _options.Batch,
        _state.Parameters.Sum(parameter => sizeof(float) * parameter.Shape.Count) + _state.Buffers.Values.Sum(buffer => buffer.Bytes.Length),
        _state.Parameters.Sum(parameter => (long)sizeof(float) * parameter.Gradient.Length),
        _layers.Sum(layer => layer.PackedBytes) + (sizeof(float) * (long)_layers.Max(layer => layer.WorkspaceLength(_options.Batch))));

    private void Repack(TrainingRun run)
    {
        foreach (TrainingLayer layer in _layers.Where(layer => layer.IsRepackDue && layer.Output.Need.Count > 0))
        {
            layer.Repack(run);
            layer.IsRepackDue = false;
        }
    }

    private ReadOnlySpan<float> ReadResult(TrainingRun run)
    {
        int length = checked((int)(_batch * OutputShape.Count));
        if (_result.Length < length)
        {
            _result = new float[length];
        }

        run.Parallel((part, parts) => LayoutKernel.ToPlain(run[_output], _output.Layout, _result.AsSpan(0, length), _batch, part, parts));
        return _result.AsSpan(0, length);
    }

    private void SetOutputGradient(TrainingRun run, ReadOnlySpan<float> gradient)
    {
        foreach (TrainingLayer layer in _layers)
        {
            layer.Output.HasGradient = false;
        }

        BorderKernel.Clear(run.GradientOf(_output), _output.GradientLayout, _batch, 0, 1);
        LayoutKernel.ToBlocked(gradient, run.GradientOf(_output), _output.GradientLayout, _batch, 0, 1);
        _output.HasGradient = true;
    }

    private void ComputeAgain(TrainingRun run, int first, int end)
    {
        run.IsAgain = true;
        for (int i = first; i < end; i++)
        {
            if (_schedule.IsAgain[i])
            {
                _layers[i].Output.Current = _layers[i].Output.Second;
                Run(_layers[i], run);
            }
        }

        run.IsAgain = false;
    }

    private void Backward(TrainingRun run, int first, int end)
    {
        for (int i = end - 1; i >= first; i--)
        {
            TrainingLayer layer = _layers[i];
            if (layer.Output is { HasGradient: true, NeedsGradient: true })
            {
                long start = Stopwatch.GetTimestamp();
                layer.Backward(run);
                layer.Cost.Add(Stopwatch.GetTimestamp() - start, layer.ComputedFor.Count == 0);
            }
        }
    }
}
