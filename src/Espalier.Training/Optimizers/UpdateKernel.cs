namespace Espalier.Training;

/// <summary>The loops of the optimizers over neighbouring numbers, in float32 and in PyTorch's order of operations.</summary>
internal static class UpdateKernel
{
    internal static void Sgd(Span<float> value, ReadOnlySpan<float> gradient, float rate, float decay)
    {
        for (int i = 0; i < value.Length; i++)
        {
            value[i] -= rate * (gradient[i] + (decay * value[i]));
        }
    }

    internal static void SgdMomentum(
        Span<float> value, ReadOnlySpan<float> gradient, Span<float> velocity, float rate, float decay, float momentum, float share, float ahead)
    {
        for (int i = 0; i < value.Length; i++)
        {
            float slope = gradient[i] + (decay * value[i]);
            velocity[i] = (momentum * velocity[i]) + (share * slope);
            value[i] -= rate * (ahead == 0 ? velocity[i] : slope + (ahead * velocity[i]));
        }
    }

    internal static void AdamW(Span<float> value, ReadOnlySpan<float> gradient, Span<float> mean, Span<float> square, in AdamStep step)
    {
        for (int i = 0; i < value.Length; i++)
        {
            float slope = gradient[i];
            mean[i] = (step.Beta1 * mean[i]) + (step.Share1 * slope);
            square[i] = (step.Beta2 * square[i]) + (step.Share2 * slope * slope);
            value[i] = (step.Keep * value[i]) - (step.Rate * mean[i] / ((MathF.Sqrt(square[i]) / step.Root) + step.Epsilon));
        }
    }

    /// <summary>Removes what the mask removes, be it infinite or not a number; no mask removes nothing.</summary>
    internal static void Mask(Span<float> values, ReadOnlySpan<float> mask)
    {
        for (int i = 0; i < mask.Length; i++)
        {
            values[i] = mask[i] == 0 ? 0 : values[i];
        }
    }

    internal static void Average(Span<float> average, ReadOnlySpan<float> value, float keep)
    {
        float share = 1 - keep;
        for (int i = 0; i < average.Length; i++)
        {
            average[i] = (keep * average[i]) + (share * value[i]);
        }
    }

    internal static double SquaredNorm(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += (double)value * value;
        }

        return sum;
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
            values[i] = Math.Clamp(values[i], -limit, limit); // not a number stays so
        }
    }
}
