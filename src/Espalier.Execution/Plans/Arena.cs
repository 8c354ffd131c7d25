using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The memory of one call: every value of a plan, for a batch, and where the call's input and output are.</summary>
public sealed class Arena
{
    private readonly Memory<float> _memory;
    private readonly int _lengthPerSample;

    /// <summary>Memory for batches of up to <paramref name="capacity"/> samples.</summary>
    /// <param name="lengthPerSample">What <see cref="MemoryPlan.Place"/> returned.</param>
    /// <param name="capacity">Samples.</param>
    public Arena(int lengthPerSample, int capacity)
    {
        _lengthPerSample = lengthPerSample;
        Capacity = capacity;
        _memory = AlignedMemory.Allocate<float>((long)lengthPerSample * capacity);
    }

    /// <summary>The largest batch it holds.</summary>
    public int Capacity { get; }

    /// <summary>Bytes it takes.</summary>
    public long Bytes => sizeof(float) * (long)_lengthPerSample * Capacity;

    /// <summary>Samples of the current call.</summary>
    public int Batch { get; private set; }

    /// <summary>The current call's input: float32, plain order, the batch extent in front.</summary>
    public Tensor? Input { get; private set; }

    /// <summary>Sets up a call.</summary>
    public void Begin(int batch, Tensor? input)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch, Capacity);
        Batch = batch;
        Input = input;
    }

    /// <summary>A value's numbers: whole images one after the other, each in the value's layout.</summary>
    public Span<float> this[PlanValue value]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(value);
            return _memory.Span.Slice(value.Offset * Batch, value.Layout.Length * Batch);
        }
    }
}
