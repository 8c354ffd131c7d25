using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace Espalier.Accelerated;

/// <summary>Training steps on a device. Optimizers update parameters there; their numbers, gradients and states are copied when they are read or changed elsewhere, running statistics after each pass.</summary>
/// <remarks>Activations are never recomputed: <see cref="TrainingRunOptions.Recompute"/> changes nothing.</remarks>
internal sealed class AcceleratedTrainingRun : ITrainingRun
{
    private readonly Device _device;
    private readonly TrainingRunOptions _options;
    private readonly TrainingState _state;
    private readonly TrainingProgram _program;
    private readonly SingleValueNorms _norms;
    private readonly DeviceBlock _parameters; // buffers included
    private readonly DeviceBlock _buffers;
    private readonly DeviceBlock _gradients;
    private readonly DeviceTrainingParameter[] _trained;
    private readonly PassRows _rows;
    private readonly int _resultLength;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _arena;
    private float[] _result = [];
    private long _version;
    private bool _areBuffersLoaded = true; // since they were copied to the device
    private int _batch; // samples of the last forward pass; 0 after its backward pass
    private int _differentiated; // samples of the last backward pass; 0 after the next forward pass
    private int _capacity; // samples of the arena's layout

    internal AcceleratedTrainingRun(Device device, Model model, TrainingRunOptions options)
    {
        if (options.Statistics is not null)
        {
            throw new EspalierException("the runtime accelerator does not synchronize batch norms over the parts of a batch; use the runtime cpu, or no --sync-bn");
        }

        (Model, _device, _options) = (model, device, options);
        options.RequireGradientsOf(model.Graph);
        _state = new TrainingState(model, options);
        lock (device.Gate)
        {
            try
            {
                _program = new TrainingProgram(device, model.Graph, options, _state);
                _norms = new SingleValueNorms(model.Graph, _program.Needs, options.IsFrozen);
                _parameters = new DeviceBlock(device, _state.Parameters.Select(parameter => (parameter.Name, parameter.Shape.Count)));
                _buffers = new DeviceBlock(device, _state.Buffers.Select(buffer => (buffer.Key, buffer.Value.Shape.Count)));
                _gradients = new DeviceBlock(device, _state.Parameters.Where(parameter => parameter.Trainable).Select(parameter => (parameter.Name, parameter.Shape.Count)));
                _gradients.Clear();
                _trained = [.. _state.Parameters.Select(parameter => new DeviceTrainingParameter(device, parameter, _parameters[parameter.Name], parameter.Trainable ? _gradients[parameter.Name] : default))];
                _rows = new PassRows(device);
                _arena = device.Allocate<float>(_program.Length * options.Batch);
            }
            catch
            {
                Release(); // so that another runtime, or a smaller batch, has the memory
                throw;
            }
        }

        _resultLength = checked((int)_program.Outputs.Sum(output => model.Graph.ShapeOf(output).Count));
        Memory = new MemoryForecast(sizeof(float) * _program.Length * options.Batch, _parameters.Bytes + _buffers.Bytes, _gradients.Bytes, 0);
    }

    public Model Model { get; }

    public MemoryForecast Memory { get; }

    public IReadOnlyList<TrainingParameter> Parameters => _state.Parameters;

    public IReadOnlyDictionary<string, Tensor> Buffers => _state.Buffers;

    public double SavedSeconds => double.NaN;

    public ReadOnlySpan<float> Forward(Tensor images, TrainingPass pass)
    {
        ArgumentNullException.ThrowIfNull(images);
        (_batch, _differentiated) = (0, 0);
        SampleBatch.Require(images, Model.Graph.ShapeOf(Model.Graph.Input.Name), _options.Batch);
        int batch = images.Shape[0];
        var draws = new TrainingDraws(_options.Seed, pass);
        var depth = new DepthDraws(Model.Graph, draws, batch);
        _program.Needs.Update(batch, depth);
        _norms.Require(batch, "");
        _state.RequireScales();
        lock (_device.Gate)
        {
            UploadParameters();
            _capacity = batch;
            _rows.Begin(draws, depth);
            foreach (TrainedNode node in _program.Nodes.Where(node => node.Need.Count > 0))
            {
                Forward(node, images, pass);
            }

            DownloadBuffers(pass);
            ReadResult(batch);
        }

        _batch = batch;
        return _result.AsSpan(0, batch * _resultLength);
    }

    public void Backward(ReadOnlySpan<float> outputGradient)
    {
        SampleBatch.RequireGradient(outputGradient, _batch, _resultLength);
        (_differentiated, _batch) = (_batch, 0);
        lock (_device.Gate)
        {
            WriteOutputGradients(outputGradient);
            foreach (TrainedNode node in _program.Nodes.Reverse().Where(node => node is { IsWritten: true, Op: not null }))
            {
                Backward(node);
            }

        }

        foreach (TrainingParameter parameter in _state.Parameters.Where(parameter => parameter.Trainable))
        {
            _options.GradientReady?.Invoke(parameter);
        }
    }

    public Tensor GradientOf(string node)
    {
        ArgumentNullException.ThrowIfNull(node);
        ActivationGradients.Require(_options, node, _differentiated);
        TrainedNode named = _program[node];
        int[] samples = named.IsWritten ? named.Need.Samples : [];
        float[] rows = new float[samples.Length * named.Value.Length];
        lock (_device.Gate)
        {
            _device.Read(View(named.Gradient!, samples.Length), rows);
        }

        return ActivationGradients.Spread(rows, samples, _differentiated, Model.Graph.ShapeOf(node));
    }

    public void ZeroGradients()
    {
        lock (_device.Gate)
        {
            _gradients.Clear();
            Array.ForEach(_trained, parameter => parameter.GradientWent());
        }
    }

    public void Step(Action update)
    {
        ArgumentNullException.ThrowIfNull(update);
        update();
        _state.WidenScales();
        _version++;
    }

    public void Load(IEnumerable<KeyValuePair<string, Tensor>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach ((string name, Tensor tensor) in values)
        {
            _state.Load(name, tensor);
        }

        _areBuffersLoaded = true;
    }

    public void Mask(Parameters masked) => _state.Mask(masked);

    public Model ToModel() => _state.ToModel();

    public int SamplesComputed(string node) => _program.Find(Model.Graph[node].Name)?.Need.Count ?? 0;

    public void ResetSavedSeconds()
    {
        // A device's kernels run beside the processor: what a dropped branch would have taken is not known.
    }

    public void Dispose()
    {
        lock (_device.Gate)
        {
            Release();
        }
    }

    private void Release()
    {
        foreach (IDisposable? each in (IDisposable?[])[.. _trained ?? [], _arena, _program, _parameters, _buffers, _gradients, _rows])
        {
            each?.Dispose();
        }
    }

    private void Forward(TrainedNode node, Tensor images, TrainingPass pass)
    {
        node.IsWritten = false;
        if (node.Op is null)
        {
            _device.Write(View(node.Value, node.Need.Count), images.Read<float>()); // the input is needed for all samples
            return;
        }

        foreach (TrainedInput input in node.Inputs.Where(input => input.Rows is not null))
        {
            Rows.Gather(_device, View(input.From.Value, input.From.Need.Count), _rows.Positions(input.From.Need, node.Need), input.From.Value.Length, View(input.Rows!, node.Need.Count));
        }

        node.Op.Forward(Call(node) with { KeepsStatistics = pass.KeepsStatistics });
    }

    private ForwardCall Call(TrainedNode node) => new()
    {
        Samples = node.Need.Count,
        Inputs = [.. node.Inputs.Select(input => input.Rows is null ? View(input.From.Value, input.From.Need.Count) : View(input.Rows, node.Need.Count))],
        Output = View(node.Value, node.Need.Count),
        Parameter = role => DeviceParameters.Of(_parameters, node.Node)(role) is { Length: > 0 } parameter ? parameter : DeviceParameters.Of(_buffers, node.Node)(role),
        Version = _version,
        Pass = _rows,
        Trained = node,
    };

    private void Backward(TrainedNode node)
    {
        GradientTarget[] targets = [.. node.Inputs.Select(input => Target(node, input))];
        node.Op!.Backward(new BackwardCall
        {
            Forward = Call(node),
            Gradient = View(node.Gradient!, node.Need.Count),
            InputGradients = targets,
            ParameterGradient = DeviceParameters.Of(_gradients, node.Node),
        });
        foreach (TrainedInput input in node.Inputs.Where(input => input.RowGradients is not null))
        {
            ArrayView<float> whole = View(input.From.Gradient!, input.From.Need.Count);
            if (!input.From.IsWritten)
            {
                whole.MemSetToZero();
                input.From.IsWritten = true;
            }

            Rows.Scatter(_device, View(input.RowGradients!, node.Need.Count), _rows.Positions(input.From.Need, node.Need), input.From.Value.Length, whole);
        }

        foreach (DeviceTrainingParameter trained in _trained.Where(trained => trained.Parameter.Trainable && node.Node.Parameters.Contains(trained.Parameter.Name)))
        {
            trained.GradientCame();
        }
    }

    // An op writes each target that it gets; stochastic depth gets none where it has no sample for it.
    private GradientTarget Target(TrainedNode node, TrainedInput input)
    {
        if (input.From.Gradient is null || input.From.Need.Count == 0)
        {
            return default;
        }

        if (input.RowGradients is not null)
        {
            return new GradientTarget(View(input.RowGradients, node.Need.Count), adds: false);
        }

        if (node.Node.Op is StochasticDepth && !_rows.Reads(node, input))
        {
            return default;
        }

        bool adds = input.From.IsWritten;
        input.From.IsWritten = true;
        return new GradientTarget(View(input.From.Gradient, input.From.Need.Count), adds);
    }

    private ArrayView<float> View(DeviceValue value, int count) => count == 0 ? default : _arena.View.SubView(value.Offset * _capacity, (long)value.Length * count);

    private void UploadParameters()
    {
        foreach (DeviceTrainingParameter parameter in _trained)
        {
            _version += parameter.Upload() ? 1 : 0;
        }

        if (!_areBuffersLoaded)
        {
            return;
        }

        foreach ((string name, Tensor buffer) in _state.Buffers)
        {
            buffer.To(ElementType.Float32).Read<float>().CopyTo(_buffers.Staged(name));
        }

        _buffers.Upload();
        _areBuffersLoaded = false;
    }

    private void DownloadBuffers(TrainingPass pass)
    {
        if (pass.KeepsStatistics || _state.Buffers.Count == 0)
        {
            return;
        }

        _buffers.Download();
        foreach ((string name, Tensor buffer) in _state.Buffers)
        {
            _state.Load(name, Tensor.From<float>(buffer.Shape, _buffers.Staged(name)));
        }
    }

    private void ReadResult(int batch)
    {
        _result = _result.Length >= batch * _resultLength ? _result : new float[batch * _resultLength];
        int at = 0;
        foreach (string output in _program.Outputs)
        {
            DeviceValue value = _program[output].Value;
            _device.Read(View(value, batch), _result.AsSpan(at, batch * value.Length));
            at += batch * value.Length;
        }
    }

    private void WriteOutputGradients(ReadOnlySpan<float> outputGradient)
    {
        foreach (string output in _program.Outputs)
        {
            TrainedNode node = _program[output];
            ReadOnlySpan<float> own = outputGradient[..(_differentiated * node.Value.Length)];
            outputGradient = outputGradient[own.Length..];
            if (node.Gradient is not null)
            {
                _device.Write(View(node.Gradient, _differentiated), own);
                node.IsWritten = true;
            }
        }
    }
}
