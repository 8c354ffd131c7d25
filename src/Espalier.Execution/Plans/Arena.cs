using System.Runtime.InteropServices;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The memory of one call of a plan: all values, for a batch, and the call's input tensor.</summary>
internal sealed class Arena
{
    private readonly Memory<float> _memory;
    private readonly long _lengthPerSample;
    private readonly Action<int> _runPart; // created once, so that running a step on several threads allocates no memory
    private Step? _step;
    private int _parts;
    private Tensor? _staged;

    /// <summary>Allocates memory for batches of up to <paramref name="capacity"/> samples.</summary>
    /// <param name="lengthPerSample">Floats per sample, as returned by <see cref="MemoryPlan"/>.</param>
    /// <param name="capacity">Maximum number of samples.</param>
    /// <exception cref="EspalierException">The size exceeds that of one array.</exception>
    public Arena(long lengthPerSample, int capacity)
    {
        Require(lengthPerSample, capacity);
        _lengthPerSample = lengthPerSample;
        Capacity = capacity;
        _memory = AlignedMemory.Allocate<float>(lengthPerSample * capacity);
        _runPart = part => _step!.Work(this, part, _parts);
    }

    /// <summary>Maximum number of samples per batch.</summary>
    public int Capacity { get; }

    /// <summary>Size of the arena in bytes.</summary>
    public long Bytes => sizeof(float) * _lengthPerSample * Capacity;

    /// <summary>Number of samples of the current call.</summary>
    public int Batch { get; private set; }

    /// <summary>The current call's input: float32, row-major, [batch, …sample].</summary>
    public Tensor? Input { get; private set; }

    /// <summary>A number that identifies the running step among all steps of all arenas; 0 before the first.</summary>
    public long StepCall { get; internal set; }

    /// <summary>Throws if the size exceeds that of one array, before any memory is allocated.</summary>
    /// <param name="lengthPerSample">Floats per sample, as returned by <see cref="MemoryPlan"/>.</param>
    /// <param name="capacity">Maximum number of samples.</param>
    /// <exception cref="EspalierException">The size exceeds that of one array.</exception>
    public static void Require(long lengthPerSample, int capacity)
    {
        if (lengthPerSample > Array.MaxLength / Math.Max(1, capacity))
        {
            throw new EspalierException(
                $"A batch of {capacity} samples needs {lengthPerSample * sizeof(float) / (1 << 20)} MiB for each sample; expected at most {(long)Array.MaxLength * sizeof(float) / (1 << 20)} MiB in all, the size of one array. Use a smaller batch.");
        }
    }

    /// <summary>Sets the batch size and input of the next call.</summary>
    public void Begin(int batch, Tensor? input)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch, Capacity);
        Batch = batch;
        Input = input;
    }

    /// <summary>Copies a call's input into memory of the arena, which the next call reuses.</summary>
    /// <param name="sample">The shape of one sample.</param>
    /// <param name="numbers">The elements of the samples, one sample after another.</param>
    public Tensor Stage(Shape sample, ReadOnlySpan<float> numbers)
    {
        if (_staged is null || _staged.Shape.Count != numbers.Length)
        {
            _staged = Tensor.Zeros(sample.Prepend((int)(numbers.Length / sample.Count)));
        }

        numbers.CopyTo(_staged.Write<float>());
        return _staged;
    }

    /// <summary>Returns a delegate that runs a part of a step in this arena; it is valid until the next call of this method.</summary>
    internal Action<int> PartOf(Step step, int parts)
    {
        (_step, _parts) = (step, parts);
        return _runPart;
    }

    /// <summary>A value's floats: one sample after the other, each in the value's layout.</summary>
    public Span<float> this[PlanValue value]
    {
        get
        {
            return Images(value, Batch);
        }
    }

    /// <summary>The numbers of a value of 8-bit integers: one sample after the other, each in the value's layout.</summary>
    public Span<byte> Integers(PlanValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        int length = value.Layout.LengthOf(Batch);
        Span<float> memory = _memory.Span.Slice((int)((value.Whole ?? value).Offset * Batch), (int)(((long)value.Start + length + sizeof(float) - 1) / sizeof(float)));
        return MemoryMarshal.AsBytes(memory).Slice(value.Start, length);
    }

    /// <summary>A value's first samples; a value computed for only a part of the batch is stored without gaps.</summary>
    public Span<float> Images(PlanValue value, int count)
    {
        ArgumentNullException.ThrowIfNull(value);
        return _memory.Span.Slice((int)((value.Whole ?? value).Offset * Batch) + value.Start, value.Layout.LengthOf(count));
    }
}
