using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>One parameter or buffer of a model.</summary>
/// <param name="Value">The values before masking (PyTorch's <c>weight_orig</c>). The tensor is shared between models and must not be modified.</param>
public sealed record Parameter(Tensor Value)
{
    private MaskedValues? _masked;

    /// <summary>Whether training may change it. Buffers and frozen parameters are not trainable.</summary>
    public bool Trainable { get; init; } = true;

    /// <summary>The pruning mask, of the value's shape: 1 for kept and 0 for removed elements; <see langword="null"/> if all are kept.</summary>
    public Tensor? Mask { get; init; }

    /// <summary>The value that the network computes with: <see cref="Value"/> itself, or a copy with zeros where <see cref="Mask"/> is 0: Int8 of an Int8 value, otherwise float32.</summary>
    public Tensor Effective
    {
        get
        {
            if (Mask is null)
            {
                return Value;
            }

            MaskedValues? known = _masked; // a copy made with 'with' shares it, possibly with another value or mask
            if (known?.Find(Value, Mask) is Tensor found)
            {
                return found;
            }

            Tensor masked = MaskedValues.Compute(Value, Mask);
            _masked = new MaskedValues(Value, Mask, masked);
            return masked;
        }
    }

    /// <summary>Number of non-zero elements after masking.</summary>
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

    /// <summary>A copy with new values where the mask is 1; where it is 0 the old values stay, so that pruning can still be undone after training.</summary>
    /// <param name="kept">The new values as float32; those where the mask is 0 are ignored.</param>
    public Parameter WithMasked(Tensor kept)
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

    /// <summary>Whether both have the same tensors (by reference) and the same trainable flag.</summary>
    public bool Equals(Parameter? other) => other is not null && Value == other.Value && Mask == other.Mask && Trainable == other.Trainable;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Value, Mask, Trainable);
}
