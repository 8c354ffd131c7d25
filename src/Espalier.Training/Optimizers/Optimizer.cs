using Espalier.Execution;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Updates parameters by their gradients. The update rules are those of <c>torch.optim</c>; results agree up to rounding.</summary>
/// <remarks>
/// A parameter without a gradient (its branch was dropped, or it is frozen) is skipped: its value, momentum and update count do not change, and no weight decay is applied, as with
/// <c>grad</c> = <c>None</c> in PyTorch. Masked elements stay 0 regardless of momentum and weight decay, since pruning depends on it.
/// The scale of a quantization stays positive: an update halves or doubles it at most, and never goes below 1e-15.
/// Elements are updated independently of each other, so the result does not depend on the number of threads.
/// Parameters that a device stores are updated there, as long as their gradient is neither read nor changed between the backward pass and the step.
/// </remarks>
public abstract class Optimizer
{
    private const string Updates = "updates";

    private readonly string[] _slotNames;
    private readonly Tensor[][] _slots;
    private readonly Tensor?[] _masks;
    private readonly long[] _updates;
    private readonly bool[] _isStateOnDevice;
    private readonly ParameterChunks _chunks;
    private readonly double[] _rateFactors;
    private readonly Dictionary<TrainingParameter, int> _indices = [];

    private protected Optimizer(IReadOnlyList<TrainingParameter> parameters, string[] slotNames)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = parameters;
        _slotNames = slotNames;
        _updates = new long[parameters.Count];
        _isStateOnDevice = new bool[parameters.Count];
        _slots = [.. parameters.Select(parameter => slotNames.Select(_ => parameter.Trainable ? Tensor.Zeros(parameter.Shape) : Tensor.Zeros([0])).ToArray())];
        _masks = new Tensor?[parameters.Count];
        _chunks = new ParameterChunks(parameters);
        _rateFactors = new double[parameters.Count];
        Array.Fill(_rateFactors, 1);
        for (int i = 0; i < parameters.Count; i++)
        {
            _indices.Add(parameters[i], i);
        }

        MasksChanged();
    }

    /// <summary>The parameters that the optimizer updates.</summary>
    public IReadOnlyList<TrainingParameter> Parameters { get; }

    /// <summary>Updates all trainable parameters that have a gradient.</summary>
    /// <param name="learningRate">The learning rate η.</param>
    /// <param name="workers">The worker threads.</param>
    /// <param name="momentum">The momentum of the schedule, or <see langword="null"/> for that of the options.</param>
    public void Step(double learningRate, WorkerPool workers, double? momentum = null)
    {
        ArgumentNullException.ThrowIfNull(workers);
        bool[] isHere = new bool[_updates.Length]; // what the processor updates
        for (int i = 0; i < _updates.Length; i++)
        {
            if (IsUpdated(Parameters[i]))
            {
                _updates[i]++;
                isHere[i] = !StepOnDevice(i, learningRate * _rateFactors[i], momentum);
            }
        }

        _chunks.Run(workers, parameter => isHere[_indices[parameter]], (index, start, length) => Step(new UpdateSpan(Parameters[index], _masks[index], _slots[index], _updates[index], start, length), learningRate * _rateFactors[index], momentum));
    }

    /// <summary>Sets the gradients of masked elements to 0, so that clipping by norm does not include them. <see cref="Step(double, WorkerPool, double?)"/> does it too.</summary>
    public void MaskGradients()
    {
        for (int i = 0; i < _masks.Length; i++)
        {
            if (_masks[i] is { } mask && Changes(Parameters[i]))
            {
                UpdateKernel.Mask(Parameters[i].Gradient.Span, mask.Read<float>());
            }
        }
    }

    /// <summary>Returns the state: for each parameter its tensors, under PyTorch's names such as <c>exp_avg</c>, and its number of updates. The tensors are not copied and change with the next step.</summary>
    /// <exception cref="InvalidOperationException">A device had the state, and the training run has been disposed of.</exception>
    public StateDict State()
    {
        FetchStates();
        var entries = new List<KeyValuePair<string, Tensor>> { new(Updates, Tensor.From<long>([_updates.Length], _updates)) };
        for (int i = 0; i < _slots.Length; i++)
        {
            for (int s = 0; s < _slotNames.Length && _updates[i] > 0; s++)
            {
                entries.Add(new($"{Parameters[i].Name}/{_slotNames[s]}", _slots[i][s]));
            }
        }

        return new StateDict(entries);
    }

    /// <summary>Restores the state of an optimizer with the same options and parameters.</summary>
    /// <exception cref="EspalierException">The state is that of another kind of optimizer or of other parameters.</exception>
    public void Restore(StateDict state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.TryGet(Updates, out Tensor? updates) || updates.Type != ElementType.Int64 || updates.Shape.Count != _updates.Length)
        {
            throw new EspalierException($"the optimizer's state has no update counts of {_updates.Length} parameters");
        }

        FetchStates();
        Array.Clear(_isStateOnDevice);
        updates.Read<long>().CopyTo(_updates);
        int expected = 1 + (_slotNames.Length * _updates.Count(count => count > 0));
        if (state.Count != expected)
        {
            throw new EspalierException($"the optimizer's state has {state.Count} tensors; an optimizer with these options has {expected}");
        }

        for (int i = 0; i < _slots.Length; i++)
        {
            for (int s = 0; s < _slotNames.Length && _updates[i] > 0; s++)
            {
                Copy(state, $"{Parameters[i].Name}/{_slotNames[s]}", _slots[i][s]);
            }
        }
    }

    /// <summary>Sets the factor of the learning rate of one parameter. A parameter with the factor 0 is skipped like one without a gradient.</summary>
    internal void SetRateFactor(TrainingParameter parameter, double factor) => _rateFactors[_indices[parameter]] = factor;

    /// <summary>Reads the masks of the parameters again and sets masked elements to 0.</summary>
    internal void MasksChanged()
    {
        for (int i = 0; i < _masks.Length; i++)
        {
            _masks[i] = Parameters[i].Mask?.To(ElementType.Float32);
            UpdateKernel.Mask(Parameters[i].Value.Span, _masks[i] is { } mask ? mask.Read<float>() : []);
        }
    }

    /// <summary>
    /// Whether the size of an update does not depend on that of the gradient. Scales of quantizations, which differ by orders of magnitude from each other and from weights, are then changed by it relative to their size,
    /// as if their logarithm were trained (Jain 2020, "Trained quantization thresholds", §3.2), and otherwise by their gradient, which has the factor of <see cref="TrainingRunOptions.LearnScales"/>.
    /// </summary>
    private protected virtual bool IsNormalized => false;

    /// <summary>Updates a range of elements of one parameter.</summary>
    private protected abstract void Update(UpdateSpan span, double learningRate, double? momentum);

    /// <summary>Updates a parameter in the memory of a device, by the same rule.</summary>
    private protected abstract void Update(IDeviceUpdates device, TrainingParameter parameter, long update, double learningRate, double? momentum);

    private bool IsUpdated(TrainingParameter parameter) => Changes(parameter) && _rateFactors[_indices[parameter]] != 0;

    private static bool Changes(TrainingParameter parameter) => parameter.Trainable && parameter.HasGradient;

    // Whether a device has updated the parameter. Masks and limits of scales are the processor's, and so is a gradient that was fetched.
    private bool StepOnDevice(int index, double learningRate, double? momentum)
    {
        TrainingParameter parameter = Parameters[index];
        if (parameter.Device is not IDeviceUpdates device)
        {
            return false;
        }

        if (!device.HasNewestGradient || _masks[index] is not null || parameter.Kind == TrainingParameterKind.Scale)
        {
            FetchState(index);
            _isStateOnDevice[index] = false;
            return false;
        }

        if (!_isStateOnDevice[index])
        {
            device.LoadState(_slots[index]);
            _isStateOnDevice[index] = true;
        }

        Update(device, parameter, _updates[index], learningRate, momentum);
        return true;
    }

    private void FetchStates()
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            FetchState(i);
        }
    }

    private void FetchState(int index)
    {
        if (_isStateOnDevice[index])
        {
            (Parameters[index].Device as IDeviceUpdates ?? throw new InvalidOperationException($"The optimizer's state of '{Parameters[index].Name}' was in the memory of a device, which its training run has freed.")).SaveState(_slots[index]);
        }
    }

    private void Step(UpdateSpan span, double learningRate, double? momentum)
    {
        ReadOnlySpan<float> mask = span.Mask;
        UpdateKernel.Mask(span.Gradient, mask);
        float[] scales = span.Parameter.Kind == TrainingParameterKind.Scale ? span.Value.ToArray() : [];
        Update(span, learningRate, momentum);
        UpdateKernel.LimitScales(span.Value, scales, IsNormalized);
        UpdateKernel.Mask(span.Value, mask);
    }

    private static void Copy(StateDict state, string name, Tensor target)
    {
        if (!state.TryGet(name, out Tensor? source) || source.Shape != target.Shape || source.Type != target.Type)
        {
            throw new EspalierException($"the optimizer's state has no '{name}' of {target}");
        }

        source.Read<float>().CopyTo(target.Write<float>());
    }
}
