using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The integers of a layer with quantized weights between two roundings, with s and z scale and zero point of its input, w a channel's weight scale and t the scale of the rounding after it.</summary>
/// <param name="Weights">The weights, in PyTorch's order.</param>
/// <param name="Bias">round(bias/(s·w)) for each output channel, half to even; 0 for a layer without bias.</param>
/// <param name="Factors">float32(s·w/t) for each output channel, computed in double from left to right.</param>
internal sealed record IntegerLayer(sbyte[] Weights, int[] Bias, float[] Factors)
{
    /// <summary>Derives them.</summary>
    /// <exception cref="EspalierException">The sums of a channel may exceed 32 bits, a factor is not finite, or a weight or scale is invalid.</exception>
    internal static IntegerLayer Of(Model model, Node layer, QuantizationPoint from, QuantizationPoint to)
    {
        (sbyte[] weights, float[] scales) = (QuantizedLayer.Integers(model, layer), QuantizedLayer.Scales(model, layer));
        float[] factors = Array.ConvertAll(scales, scale => IntegerFactor.Of((double)from.Scale * scale / to.Scale, layer));
        return new(weights, Biases(model, layer, from, weights, scales), factors);
    }

    /// <summary>The convolution that a layer computes: a linear layer is one of 1x1 pixels.</summary>
    internal static Conv2d Convolution(Node layer) => layer.Op as Conv2d ?? new(((Linear)layer.Op).InFeatures, ((Linear)layer.Op).OutFeatures, 1);

    private static int[] Biases(Model model, Node layer, QuantizationPoint from, sbyte[] weights, float[] scales)
    {
        bool has = layer.Op.Parameters.Any(spec => spec.Role == "bias");
        float[] bias = has ? model.Value(layer, "bias").To(ElementType.Float32).Read<float>().ToArray() : new float[scales.Length];
        int length = weights.Length / scales.Length;
        return [.. bias.Select((value, channel) =>
        {
            double integer = QuantizedLayer.RoundBias(value, from.Scale, scales[channel]);
            double most = Math.Abs(integer) + (Math.Max(from.ZeroPoint, byte.MaxValue - from.ZeroPoint) * (double)WeightSums.Of(weights.AsSpan(channel * length, length)).Magnitude);
            return most <= int.MaxValue ? (int)integer
                : throw new EspalierException($"The sums of channel {channel} of '{layer.Name}' may exceed 32 bits: its bias {value} is {integer} times the scale of its products; a greater weight scale makes them fit.");
        })];
    }
}
