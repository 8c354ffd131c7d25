using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Changes parameters by their gradients. Its update rules are PyTorch's, number for number up to rounding.</summary>
/// <remarks>
/// A parameter without a gradient (its branch was dropped, or it is frozen) is left wholly alone: value, momentum and decay stand still, as with
/// PyTorch's <c>grad None</c>. Numbers that a mask removes stay 0 whatever momentum and decay say, since pruning depends on it.
/// Every number is updated by itself, so the split between threads cannot be seen.
/// </remarks>
public abstract class Optimizer
{
    private const string Updates = "updates";

    private readonly string[] _slotNames;
    private readonly Tensor[][] _slots;
    private readonly Tensor?[] _masks;
    private readonly long[] _updates;
    private readonly ParameterChunks _chunks;

    private protected Optimizer(IReadOnlyList<TrainingParameter> parameters, string[] slotNames)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = parameters;
        _slotNames = slotNames;
        _updates = new long[parameters.Count];
        _slots = [.. parameters.Select(parameter => slotNames.Select(_ => parameter.Trainable ? Tensor.Zeros(parameter.Shape) : Tensor.Zeros([0])).ToArray())];
        _masks = new Tensor?[parameters.Count];
        _chunks = new ParameterChunks(parameters);
        MasksChanged();
    }

    /// <summary>What it changes.</summary>
    public IReadOnlyList<TrainingParameter> Parameters { get; }

    /// <summary>One step against the gradients.</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="workers">Who computes.</param>
    /// <param name="momentum">A schedule's momentum, or <see langword="null"/> for that of the settings.</param>
    public void Step(double learningRate, WorkerPool workers, double? momentum = null)
    {
        ArgumentNullException.ThrowIfNull(workers);
        for (int i = 0; i < _updates.Length; i++)
        {
            _updates[i] += Changes(Parameters[i]) ? 1 : 0;
        }

        _chunks.Run(workers, Changes, (index, start, length) => Step(new UpdateSpan(Parameters[index], _masks[index], _slots[index], _updates[index], start, length), learningRate, momentum));
    }

    /// <summary>Removes what masks remove from the gradients, so that a clipping by norm measures what is left. A step does it anyway.</summary>
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

    /// <summary>Everything it remembers: for each parameter its tensors, under PyTorch's names for them, and how often it was updated. The tensors are the optimizer's own, not copies.</summary>
    public StateDict State()
    {
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

    /// <summary>Continues from the state of another optimizer with the same settings and parameters.</summary>
    /// <exception cref="EspalierException">The state is that of another optimizer or of other parameters.</exception>
    public void Restore(StateDict state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.TryGet(Updates, out Tensor? updates) || updates.Type != ElementType.Int64 || updates.Shape.Count != _updates.Length)
        {
            throw new EspalierException($"the optimizer's state is not one of {_updates.Length} parameters");
        }

        updates.Read<long>().CopyTo(_updates);
        int expected = 1 + (_slotNames.Length * _updates.Count(count => count > 0));
        if (state.Count != expected)
        {
            throw new EspalierException($"the optimizer's state has {state.Count} tensors; an optimizer of these settings has {expected}");
        }

        for (int i = 0; i < _slots.Length; i++)
        {
            for (int s = 0; s < _slotNames.Length && _updates[i] > 0; s++)
            {
                Copy(state, $"{Parameters[i].Name}/{_slotNames[s]}", _slots[i][s]);
            }
        }
    }

    /// <summary>Reads the parameters' masks anew, and removes what they remove.</summary>
    internal void MasksChanged()
    {
        for (int i = 0; i < _masks.Length; i++)
        {
            _masks[i] = Parameters[i].Mask?.To(ElementType.Float32);
            UpdateKernel.Mask(Parameters[i].Value.Span, _masks[i] is { } mask ? mask.Read<float>() : []);
        }
    }

    /// <summary>Updates some numbers of one parameter.</summary>
    private protected abstract void Update(UpdateSpan span, double learningRate, double? momentum);

    private static bool Changes(TrainingParameter parameter) => parameter.Trainable && parameter.HasGradient;

    private void Step(UpdateSpan span, double learningRate, double? momentum)
    {
        ReadOnlySpan<float> mask = span.Mask;
        UpdateKernel.Mask(span.Gradient, mask);
        Update(span, learningRate, momentum);
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
