using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>One parameter or buffer of a model.</summary>
/// <param name="Value">The numbers as they were before pruning (PyTorch's <c>weight_orig</c>). Shared between models: whoever did not make them only reads them.</param>
public sealed record Parameter(Tensor Value)
{
    private MaskedNumbers? _masked;

    /// <summary>Whether training may change it. Buffers and frozen parts are not trainable.</summary>
    public bool Trainable { get; init; } = true;

    /// <summary>Which numbers pruning has kept (1) and removed (0), or <see langword="null"/> for all kept. Of the value's shape.</summary>
    public Tensor? Mask { get; init; }

    /// <summary>The numbers that a network computes with: <see cref="Value"/> itself, or with zeros (in float32) where <see cref="Mask"/> removes.</summary>
    public Tensor Effective
    {
        get
        {
            if (Mask is null)
            {
                return Value;
            }

            MaskedNumbers? known = _masked; // a copy made with 'with' has it too, and perhaps another value or mask
            if (known?.Find(Value, Mask) is Tensor found)
            {
                return found;
            }

            Tensor masked = MaskedNumbers.Compute(Value, Mask);
            _masked = new MaskedNumbers(Value, Mask, masked);
            return masked;
        }
    }

    /// <summary>How many numbers are not zero, after masking.</summary>
    public long NonZeros
    {
        get
        {
            ReadOnlySpan<float> numbers = Effective.To(ElementType.Float32).Read<float>();
            long zeros = 0;
            foreach (float number in numbers)
            {
                zeros += number == 0 ? 1 : 0;
            }

            return numbers.Length - zeros;
        }
    }

    /// <summary>The parameter with other numbers, which keeps its own wherever the mask removes: so pruning can still be undone after training.</summary>
    /// <param name="kept">The numbers that the mask keeps, as float32; what it holds elsewhere is ignored.</param>
    public Parameter WithKept(Tensor kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        if (Mask is null)
        {
            return this with { Value = kept };
        }

        Tensor value = kept.To(ElementType.Float32).Copy();
        Span<float> numbers = value.Write<float>();
        ReadOnlySpan<float> before = Value.To(ElementType.Float32).Read<float>();
        ReadOnlySpan<float> mask = Mask.To(ElementType.Float32).Read<float>();
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = mask[i] == 0 ? before[i] : numbers[i];
        }

        return this with { Value = value };
    }

    /// <summary>Whether both are made of the same tensors.</summary>
    public bool Equals(Parameter? other) => other is not null && Value == other.Value && Mask == other.Mask && Trainable == other.Trainable;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Value, Mask, Trainable);
}
