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
        value.To(ElementType.Float32).CopyTo(to); // leaves numbers in a file there
        float[] keep = new float[to.Length];
        mask.To(ElementType.Float32).CopyTo<float>(keep);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = keep[i] == 0 ? 0 : to[i] * keep[i]; // 0 also of what is not finite
        }

        return result;
    }

    /// <summary>The result, if it is that of these two and still there.</summary>
    internal Tensor? Find(Tensor ofValue, Tensor ofMask) =>
        ReferenceEquals(value, ofValue) && ReferenceEquals(mask, ofMask) && _result.TryGetTarget(out Tensor? result) ? result : null;
}
