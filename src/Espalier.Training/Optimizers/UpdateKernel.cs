namespace Espalier.Training;

/// <summary>Element-wise operations of optimizers besides their update rules.</summary>
internal static class UpdateKernel
{
    /// <summary>Sets masked elements to 0, infinite values and NaN included; an empty mask changes nothing.</summary>
    internal static void Mask(Span<float> values, ReadOnlySpan<float> mask)
    {
        for (int i = 0; i < mask.Length; i++)
        {
            values[i] = mask[i] == 0 ? 0 : values[i];
        }
    }

    internal static void Scale(Span<float> values, float factor)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] *= factor;
        }
    }

    internal static void Clamp(Span<float> values, float limit)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Math.Clamp(values[i], -limit, limit); // NaN stays NaN
        }
    }
}
