using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The masked values of a parameter, cached weakly so that a large network is not kept in memory twice.</summary>
internal sealed class MaskedValues(Tensor value, Tensor mask, Tensor result)
{
    private readonly WeakReference<Tensor> _result = new(result);

    internal static Tensor Compute(Tensor value, Tensor mask)
    {
        float[] keep = new float[value.Shape.Count];
        mask.To(ElementType.Float32).CopyTo<float>(keep);
        if (value.Type == ElementType.Int8)
        {
            return OfIntegers(value, keep);
        }

        Tensor result = Tensor.Zeros(value.Shape);
        Span<float> to = result.Write<float>();
        value.To(ElementType.Float32).CopyTo(to); // deferred values are not kept in memory
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = keep[i] == 0 ? 0 : to[i] * keep[i]; // 0 also for NaN and infinities
        }

        return result;
    }

    private static Tensor OfIntegers(Tensor value, float[] keep)
    {
        Tensor result = value.Copy();
        Span<sbyte> to = result.Write<sbyte>();
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = keep[i] == 0 ? (sbyte)0 : to[i];
        }

        return result;
    }

    /// <summary>The cached result, if it belongs to these two tensors and still exists.</summary>
    internal Tensor? Find(Tensor ofValue, Tensor ofMask) =>
        ReferenceEquals(value, ofValue) && ReferenceEquals(mask, ofMask) && _result.TryGetTarget(out Tensor? result) ? result : null;
}
