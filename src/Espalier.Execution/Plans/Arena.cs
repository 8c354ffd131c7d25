using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The memory of one call: every value of a plan, for a batch, and where the call's input and output are.</summary>
public sealed class Arena
{
    private readonly Memory<float> _memory;
    private readonly long _lengthPerSample;
    private readonly Action<int> _runPart; // made once, so that sharing a step between threads allocates nothing
    private Step? _step;
    private int _parts;
    private Tensor? _staged;

    /// <summary>Memory for batches of up to <paramref name="capacity"/> samples.</summary>
    /// <param name="lengthPerSample">What <see cref="MemoryPlan"/> returned.</param>
    /// <param name="capacity">Samples.</param>
    /// <exception cref="EspalierException">It is more than an arena can hold.</exception>
    public Arena(long lengthPerSample, int capacity)
    {
        Require(lengthPerSample, capacity);
        _lengthPerSample = lengthPerSample;
        Capacity = capacity;
        _memory = AlignedMemory.Allocate<float>(lengthPerSample * capacity);
        _runPart = part => _step!.Work(this, part, _parts);
    }

    /// <summary>The largest batch it holds.</summary>
    public int Capacity { get; }

    /// <summary>Bytes it takes.</summary>
    public long Bytes => sizeof(float) * _lengthPerSample * Capacity;

    /// <summary>Samples of the current call.</summary>
    public int Batch { get; private set; }

    /// <summary>The current call's input: float32, plain order, the batch extent in front.</summary>
    public Tensor? Input { get; private set; }

    /// <summary>Tells the step that is running from every other one, of any arena; 0 before the first.</summary>
    public long StepCall { get; internal set; }

    /// <summary>Refuses what no arena can hold, before any memory is taken.</summary>
    /// <param name="lengthPerSample">What <see cref="MemoryPlan"/> returned.</param>
    /// <param name="capacity">Samples.</param>
    /// <exception cref="EspalierException">It is more than an arena can hold.</exception>
    public static void Require(long lengthPerSample, int capacity)
    {
        if (lengthPerSample > Array.MaxLength / Math.Max(1, capacity))
        {
            throw new EspalierException(
                $"A batch of {capacity} samples needs {lengthPerSample * sizeof(float) / (1 << 20)} MiB for each; an arena holds {(long)Array.MaxLength * sizeof(float) / (1 << 20)} MiB. Take a smaller batch.");
        }
    }

    /// <summary>Sets up a call.</summary>
    public void Begin(int batch, Tensor? input)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch, Capacity);
        Batch = batch;
        Input = input;
    }

    /// <summary>A copy of a call's input in memory that belongs to the arena and that the next call uses again.</summary>
    /// <param name="sample">The shape of one sample.</param>
    /// <param name="numbers">One sample after another.</param>
    public Tensor Stage(Shape sample, ReadOnlySpan<float> numbers)
    {
        if (_staged is null || _staged.Shape.Count != numbers.Length)
        {
            _staged = Tensor.Zeros(sample.Prepend((int)(numbers.Length / sample.Count)));
        }

        numbers.CopyTo(_staged.Write<float>());
        return _staged;
    }

    /// <summary>What runs a part of a step here, until it is asked for another step.</summary>
    internal Action<int> PartOf(Step step, int parts)
    {
        (_step, _parts) = (step, parts);
        return _runPart;
    }

    /// <summary>A value's numbers: whole images one after the other, each in the value's layout.</summary>
    public Span<float> this[PlanValue value]
    {
        get
        {
            return Images(value, Batch);
        }
    }

    /// <summary>The first images of a value: one that is computed for a part of the batch only is packed.</summary>
    public Span<float> Images(PlanValue value, int count)
    {
        ArgumentNullException.ThrowIfNull(value);
        return _memory.Span.Slice((int)((value.Whole ?? value).Offset * Batch) + value.Start, value.Layout.LengthOf(count));
    }
}
