using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Converts tensors to the double precision arrays that folding computes with, and back. A ResNet-152 has 60 million parameters, so each is written only once.</summary>
internal static class Doubles
{
    /// <summary>A copy of a tensor's elements.</summary>
    internal static double[] Of(Tensor tensor)
    {
        if (tensor.Type != ElementType.Float32)
        {
            return tensor.To(ElementType.Float64).Read<double>().ToArray();
        }

        ReadOnlySpan<float> from = tensor.Read<float>();
        double[] to = GC.AllocateUninitializedArray<double>(from.Length);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = from[i];
        }

        return to;
    }

    /// <summary>A tensor with the given values, each rounded to float32 once.</summary>
    internal static Tensor ToFloat(ReadOnlySpan<double> numbers, Shape shape)
    {
        Tensor tensor = Tensor.Zeros(shape);
        Span<float> to = tensor.Write<float>();
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = (float)numbers[i];
        }

        return tensor;
    }
}
