using Espalier.Tensors;

namespace Espalier;

/// <summary>Random inputs for measurements, determined by a seed.</summary>
internal static class RandomInput
{
    /// <summary>Creates a tensor of random values between −1 and 1.</summary>
    internal static Tensor Create(Shape shape, ulong seed)
    {
        Tensor tensor = Tensor.Zeros(shape);
        Span<float> values = tensor.Write<float>();
        CounterRandom random = new CounterRandom(seed).Stream("input");
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)random.Uniform((ulong)i, -1, 1);
        }

        return tensor;
    }
}
