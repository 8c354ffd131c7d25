using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>What a mask left of some numbers, for as long as somebody uses it: a large network is not to be in memory twice.</summary>
internal sealed class MaskedNumbers(Tensor value, Tensor mask, Tensor result)
{
    private readonly WeakReference<Tensor> _result = new(result);

    internal static Tensor Compute(Tensor value, Tensor mask)
    {
        Tensor result = Tensor.Zeros(value.Shape);
        Span<float> to = result.Write<float>();
        ReadOnlySpan<float> from = value.To(ElementType.Float32).Read<float>();
        ReadOnlySpan<float> keep = mask.To(ElementType.Float32).Read<float>();
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = keep[i] == 0 ? 0 : from[i] * keep[i]; // 0 also of what is not finite
        }

        return result;
    }

    /// <summary>The result, if it is that of these two and still there.</summary>
    internal Tensor? Find(Tensor ofValue, Tensor ofMask) =>
        ReferenceEquals(value, ofValue) && ReferenceEquals(mask, ofMask) && _result.TryGetTarget(out Tensor? result) ? result : null;
}
