using System.Numerics;
using System.Runtime.Intrinsics;

namespace Espalier.Kernels;

/// <summary>Parameter updates of optimizers. Multiplications and additions are rounded separately, so every machine gives the same bits.</summary>
internal static class OptimizerKernel
{
    // Partial sums have smaller rounding errors.
    private const int NormChunk = 4096;

    /// <summary>One step of stochastic gradient descent.</summary>
    /// <param name="parameter">The parameter, updated.</param>
    /// <param name="gradient">The gradient, of the same length.</param>
    /// <param name="velocity">The velocity, of the same length, updated; empty without momentum.</param>
    /// <param name="settings">Settings of the step.</param>
    public static void Sgd(Span<float> parameter, ReadOnlySpan<float> gradient, Span<float> velocity, in SgdSettings settings)
    {
        Expect.Length(gradient.Length, parameter.Length, nameof(gradient));
        Expect.Length(velocity.Length, settings.Momentum == 0 ? 0 : parameter.Length, nameof(velocity));
        int i = 0;
        for (; i + Vector<float>.Count <= parameter.Length; i += Vector<float>.Count)
        {
            var value = new Vector<float>(parameter[i..]);
            Vector<float> step = (new Vector<float>(gradient[i..]) * settings.GradientScale) + (value * settings.WeightDecay);
            if (settings.Momentum != 0)
            {
                Vector<float> moving = settings.IsFirstStep ? step : (new Vector<float>(velocity[i..]) * settings.Momentum) + (step * (1 - settings.Dampening));
                moving.CopyTo(velocity[i..]);
                step = settings.Nesterov ? step + (moving * settings.Momentum) : moving;
            }

            (value - (step * settings.LearningRate)).CopyTo(parameter[i..]);
        }

        for (; i < parameter.Length; i++)
        {
            float step = (gradient[i] * settings.GradientScale) + (parameter[i] * settings.WeightDecay);
            if (settings.Momentum != 0)
            {
                float moving = settings.IsFirstStep ? step : (velocity[i] * settings.Momentum) + (step * (1 - settings.Dampening));
                velocity[i] = moving;
                step = settings.Nesterov ? step + (moving * settings.Momentum) : moving;
            }

            parameter[i] -= step * settings.LearningRate;
        }
    }

    /// <summary>One step of AdamW.</summary>
    /// <param name="parameter">The parameter, updated.</param>
    /// <param name="gradient">The gradient, of the same length.</param>
    /// <param name="first">First moments, of the same length, updated; zero before step 1.</param>
    /// <param name="second">Second moments, of the same length, updated; zero before step 1.</param>
    /// <param name="settings">Settings of the step.</param>
    public static void AdamW(Span<float> parameter, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, in AdamWSettings settings)
    {
        Expect.Length(gradient.Length, parameter.Length, nameof(gradient));
        Expect.Length(first.Length, parameter.Length, nameof(first));
        Expect.Length(second.Length, parameter.Length, nameof(second));
        float keep = 1 - (settings.LearningRate * settings.WeightDecay);
        float stepSize = (float)(settings.LearningRate / (1 - Math.Pow(settings.Beta1, settings.Step)));
        float correction = (float)Math.Sqrt(1 - Math.Pow(settings.Beta2, settings.Step));
        int i = 0;
        for (; i + Vector<float>.Count <= parameter.Length; i += Vector<float>.Count)
        {
            Vector<float> slope = new Vector<float>(gradient[i..]) * settings.GradientScale;
            Vector<float> mean = (new Vector<float>(first[i..]) * settings.Beta1) + (slope * (1 - settings.Beta1));
            Vector<float> square = (new Vector<float>(second[i..]) * settings.Beta2) + (slope * slope * (1 - settings.Beta2));
            mean.CopyTo(first[i..]);
            square.CopyTo(second[i..]);
            Vector<float> deviation = (Vector.SquareRoot(square) / new Vector<float>(correction)) + new Vector<float>(settings.Eps);
            ((new Vector<float>(parameter[i..]) * keep) - (mean * stepSize / deviation)).CopyTo(parameter[i..]);
        }

        for (; i < parameter.Length; i++)
        {
            float slope = gradient[i] * settings.GradientScale;
            first[i] = (first[i] * settings.Beta1) + (slope * (1 - settings.Beta1));
            second[i] = (second[i] * settings.Beta2) + (slope * slope * (1 - settings.Beta2));
            float deviation = (MathF.Sqrt(second[i]) / correction) + settings.Eps;
            parameter[i] = (parameter[i] * keep) - (first[i] * stepSize / deviation);
        }
    }

    /// <summary>Updates an exponential moving average: average = decay · average + (1 − decay) · value.</summary>
    public static void MovingAverage(Span<float> average, ReadOnlySpan<float> value, float decay) => Combine(average, value, decay, 1 - decay);

    /// <summary>Adds a multiple: target += factor · source.</summary>
    public static void AddScaled(Span<float> target, ReadOnlySpan<float> source, float factor) => Combine(target, source, 1, factor);

    /// <summary>The sum of squares, in double precision, with the same bits on every machine.</summary>
    public static double SquaredNorm(ReadOnlySpan<float> values)
    {
        double total = 0;
        for (; values.Length > NormChunk; values = values[NormChunk..])
        {
            total += ChunkNorm(values[..NormChunk]);
        }

        return total + ChunkNorm(values);
    }

    // Always eight sums, whatever the vector width, for the same bits on every machine.
    private static double ChunkNorm(ReadOnlySpan<float> values)
    {
        Vector256<double> low = Vector256<double>.Zero, high = low;
        int i = 0;
        for (; i + Vector256<float>.Count <= values.Length; i += Vector256<float>.Count)
        {
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Create(values[i..]));
            low += a * a;
            high += b * b;
        }

        Vector256<double> sums = low + high;
        double sum = sums[0] + sums[1] + (sums[2] + sums[3]);
        for (; i < values.Length; i++)
        {
            sum += (double)values[i] * values[i];
        }

        return sum;
    }

    /// <summary>Computes target = a · target + b · source.</summary>
    private static void Combine(Span<float> target, ReadOnlySpan<float> source, float a, float b)
    {
        Expect.Length(source.Length, target.Length, nameof(source));
        int i = 0;
        for (; i + Vector<float>.Count <= target.Length; i += Vector<float>.Count)
        {
            ((new Vector<float>(target[i..]) * a) + (new Vector<float>(source[i..]) * b)).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] = (target[i] * a) + (source[i] * b);
        }
    }
}
