using System.Numerics;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>How the weights of a layer are rounded: a scale for each output channel, and which weights are rounded away from the nearest integer.</summary>
/// <param name="Scales">A scale for each output channel; 0 for a channel of zeros.</param>
/// <param name="Adapted">The integers that adaptive rounding chose for these scales; <see langword="null"/> for the nearest.</param>
internal sealed record WeightRounding(float[] Scales, sbyte[]? Adapted = null)
{
    // What is tried, as multiples of the scale of the greatest magnitude: near it, where the errors of few weights vary much from scale to scale, and far below it, where great weights are limited.
    private static readonly double[] s_factors = [.. Enumerable.Range(-30, 61).Select(i => 1 + (i * 0.001)), .. Enumerable.Range(4, 57).Select(i => 1 - (i * 0.01))];

    /// <summary>Chooses the scales of a weight from its elements alone.</summary>
    /// <param name="name">The weight's name, for errors.</param>
    /// <param name="weight">The weight after masking; its first extent are the output channels.</param>
    /// <param name="rule">The rule; <see cref="WeightScaleRule.Automatic"/> means the greatest magnitude.</param>
    /// <exception cref="EspalierException">An element is not finite.</exception>
    internal static WeightRounding Of(string name, Tensor weight, WeightScaleRule rule)
    {
        ReadOnlySpan<float> all = weight.To(ElementType.Float32).Read<float>();
        var scales = new float[weight.Shape[0]];
        int length = all.Length / scales.Length;
        for (int channel = 0; channel < scales.Length; channel++)
        {
            ReadOnlySpan<float> own = all.Slice(channel * length, length);
            scales[channel] = rule == WeightScaleRule.MeanSquaredError ? LeastSquaredError(own, Whole(name, own)) : Whole(name, own);
        }

        return new(scales);
    }

    /// <summary>The integers of a weight.</summary>
    /// <param name="weight">The elements after masking.</param>
    /// <param name="scales">The scales that are used: these, possibly widened for a bias.</param>
    internal sbyte[] Integers(ReadOnlySpan<float> weight, float[] scales)
    {
        var integers = new sbyte[weight.Length];
        int length = weight.Length / scales.Length;
        for (int i = 0; i < integers.Length; i++)
        {
            int channel = i / length;
            integers[i] = Adapted is not null && scales[channel] == Scales[channel] ? Adapted[i] : QuantizedLayer.Round(weight[i], scales[channel]);
        }

        return integers;
    }

    /// <summary>The weight after rounding, in float32.</summary>
    internal Tensor Rounded(Tensor weight)
    {
        float[] scales = [.. Scales.Select(scale => scale == 0 ? 1 : scale)];
        sbyte[] integers = Integers(weight.To(ElementType.Float32).Read<float>(), scales);
        int length = integers.Length / scales.Length;
        return Tensor.From<float>(weight.Shape, [.. integers.Select((integer, i) => integer * scales[i / length])]);
    }

    private static float Whole(string name, ReadOnlySpan<float> weight)
    {
        double greatest = 0;
        foreach (float value in weight)
        {
            greatest = float.IsFinite(value) ? Math.Max(greatest, Math.Abs(value)) : throw new EspalierException($"'{name}' has an element that is not finite, which cannot be rounded to 8 bits.");
        }

        return greatest == 0 ? 0 : (float)Math.Max(greatest / QuantizedLayer.Greatest, QuantizationPoint.LeastScale);
    }

    private static float LeastSquaredError(ReadOnlySpan<float> weight, float whole)
    {
        (float best, double least) = (whole, whole == 0 ? 0 : SquaredError(weight, whole));
        foreach (double factor in whole == 0 ? [] : s_factors)
        {
            float scale = Math.Max((float)(whole * factor), QuantizationPoint.LeastScale);
            double error = SquaredError(weight, scale);
            (best, least) = error < least ? (scale, error) : (best, least);
        }

        return best;
    }

    /// <summary>Σ(w − q(w))².</summary>
    internal static double SquaredError(ReadOnlySpan<float> weight, float scale)
    {
        double error = 0;
        int i = 0;
        Vector<float> step = new(scale), greatest = new(QuantizedLayer.Greatest);
        for (; i <= weight.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var own = new Vector<float>(weight[i..]);
            Vector<float> difference = own - (Vector.Min(Vector.Max(Vector.Round(own / step), -greatest), greatest) * step);
            error += Vector.Sum(difference * difference);
        }

        for (; i < weight.Length; i++)
        {
            double difference = weight[i] - ((double)QuantizedLayer.Round(weight[i], scale) * scale);
            error += difference * difference;
        }

        return error;
    }
}
