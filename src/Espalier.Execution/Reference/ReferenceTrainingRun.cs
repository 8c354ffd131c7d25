using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Training steps with the naive kernels: parameters are float32, computation is in double precision.</summary>
internal sealed class ReferenceTrainingRun : ITrainingRun
{
    private readonly TrainingState _state;
    private readonly TrainingRunOptions _options;
    private readonly ValueList<string> _outputs;
    private readonly Action<Node, double[]>? _perturb;
    private ReferenceTraining<double>? _step;
    private int _batch; // samples of the last forward pass; 0 after its backward pass
    private int _differentiated; // samples of the last backward pass; 0 after the next forward pass

    internal ReferenceTrainingRun(Model model, TrainingRunOptions options, Action<Node, double[]>? perturb)
    {
        (Model, _options, _perturb) = (model, options, perturb);
        if (options.Statistics is not null)
        {
            throw new EspalierException("the reference runtime does not synchronize batch norms over the parts of a batch");
        }

        _outputs = options.OutputsOf(model.Graph);
        options.RequireGradientsOf(model.Graph);
        _state = new TrainingState(model, options);
        long parameters = _state.Parameters.Sum(parameter => parameter.Shape.Count), gradients = _state.Parameters.Sum(parameter => (long)parameter.Gradient.Length);
        Memory = new MemoryForecast(
            2 * sizeof(double) * options.Batch * model.Graph.Nodes.Sum(node => model.Graph.ShapeOf(node.Name).Count),
            (sizeof(float) * parameters) + _state.Buffers.Values.Sum(buffer => buffer.Bytes.Length),
            (sizeof(float) + sizeof(double)) * gradients,
            sizeof(double) * parameters);
    }

    public Model Model { get; }

    public MemoryForecast Memory { get; }

    public IReadOnlyList<TrainingParameter> Parameters => _state.Parameters;

    public IReadOnlyDictionary<string, Tensor> Buffers => _state.Buffers;

    public double SavedSeconds => double.NaN;

    public ReadOnlySpan<float> Forward(Tensor images, TrainingPass pass)
    {
        (_batch, _differentiated) = (0, 0);
        SampleBatch.Require(images, Model.Graph.ShapeOf(Model.Graph.Input.Name), _options.Batch);
        _state.RequireScales();
        int batch = images.Shape[0];
        var inputs = new Dictionary<string, double[]> { [Model.Graph.Input.Name] = Doubles(images) };
        _step = new ReferenceTraining<double>(Model.Graph, Numbers(), inputs, batch, new TrainingDraws(_options.Seed, pass), _options.IsFrozen, _outputs, _perturb);
        foreach ((string name, double[] values) in _step.Buffers.Where(_ => !pass.KeepsStatistics))
        {
            _state.Load(name, Tensor.From<double>(_state.Buffers[name].Shape, values));
        }

        _batch = batch;
        return Floats([.. _outputs.SelectMany(output => _step.Results[output])]);
    }

    public void Backward(ReadOnlySpan<float> outputGradient)
    {
        SampleBatch.RequireGradient(outputGradient, _batch, _outputs.Sum(output => Model.Graph.ShapeOf(output).Count));
        (_differentiated, _batch) = (_batch, 0);
        _step!.Backward(Array.ConvertAll(outputGradient.ToArray(), value => (double)value));
        foreach (TrainingParameter parameter in _state.Parameters.Where(parameter => parameter.Trainable))
        {
            if (_step.ParameterGradients.TryGetValue(parameter.Name, out double[]? gradient))
            {
                Span<float> sum = parameter.Gradient.Span;
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] = (float)((parameter.HasGradient ? sum[i] : 0) + gradient[i]);
                }

                parameter.HasGradient = true;
            }

            _options.GradientReady?.Invoke(parameter);
        }
    }

    public Tensor GradientOf(string node)
    {
        ArgumentNullException.ThrowIfNull(node);
        ActivationGradients.Require(_options, node, _differentiated);
        return _step!.Gradients.TryGetValue(node, out double[]? gradient)
            ? ActivationGradients.Spread(Floats(gradient), _step.SamplesOf(node), _differentiated, Model.Graph.ShapeOf(node))
            : ActivationGradients.Spread([], [], _differentiated, Model.Graph.ShapeOf(node));
    }

    public void ZeroGradients()
    {
        foreach (TrainingParameter parameter in _state.Parameters)
        {
            parameter.HasGradient = false;
        }
    }

    public void Step(Action update)
    {
        ArgumentNullException.ThrowIfNull(update);
        update();
        _state.WidenScales();
    }

    public void Load(IEnumerable<KeyValuePair<string, Tensor>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach ((string name, Tensor tensor) in values)
        {
            _state.Load(name, tensor);
        }
    }

    public void Mask(Parameters masked) => _state.Mask(masked);

    public Model ToModel() => _state.ToModel();

    public int SamplesComputed(string node) => _step?.SamplesOf(Model.Graph[node].Name).Length ?? 0;

    public void ResetSavedSeconds()
    {
        // The reference does not measure the time that stochastic depth saves.
    }

    public void Dispose()
    {
        // There is nothing to release.
    }

    private Dictionary<string, double[]> Numbers()
    {
        var numbers = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (TrainingParameter parameter in _state.Parameters)
        {
            numbers[parameter.Name] = Array.ConvertAll(parameter.Value.ToArray(), value => (double)value);
        }

        foreach ((string name, Tensor buffer) in _state.Buffers)
        {
            numbers[name] = Doubles(buffer);
        }

        return numbers;
    }

    private static double[] Doubles(Tensor tensor) => tensor.To(ElementType.Float64).Read<double>().ToArray();

    private static float[] Floats(double[] values) => Array.ConvertAll(values, value => (float)value);
}
