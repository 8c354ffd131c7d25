using Espalier.Graphs;

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

    /// <summary>Limits an update of scales to half and twice the former value, so that they stay positive, and to at least <see cref="QuantizationPoint.LeastScale"/>.</summary>
    /// <param name="values">The values after the update.</param>
    /// <param name="former">Those before it; empty for parameters that are no scales.</param>
    /// <param name="isRelative">Whether the change is multiplied by the former value.</param>
    internal static void LimitScales(Span<float> values, ReadOnlySpan<float> former, bool isRelative)
    {
        for (int i = 0; i < former.Length; i++)
        {
            float changed = isRelative ? (float)(former[i] * (1.0 + values[i] - former[i])) : values[i];
            values[i] = Math.Max(Math.Min(Math.Max(changed, former[i] / 2), former[i] * 2), QuantizationPoint.LeastScale); // NaN stays NaN
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
