using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Multiplies a <see cref="ChannelAffine"/> that follows a layer with quantized weights into that layer: scales times the magnitude of the factor, integers times its sign, and the shift into the bias.</summary>
/// <remarks>The integers stay what they were but for their signs. Only where a bias would not fit into 32 bits (<see cref="BiasRoom"/>) is the scale widened and the channel rounded again.</remarks>
internal static class QuantizedAffine
{
    /// <summary>Why a layer cannot take in what follows it, or <see langword="null"/>.</summary>
    internal static string? WhyNot(Graph graph, Node layer) =>
        !graph.HasSingleUse(layer.Name) ? $"cannot be folded into '{layer.Name}', which other nodes read"
        : graph.Nodes.Any(node => node.Name != layer.Name && node.Parameters.Any(layer.Parameters.Contains)) ? $"cannot be folded into '{layer.Name}', which shares its weights with another layer"
        : null;

    /// <summary>The patch that changes the layer, which gets a bias.</summary>
    /// <exception cref="EspalierException">A scale or a weight is invalid.</exception>
    internal static Patch Absorb(Model model, Node layer, ChannelAffine affine, string reason)
    {
        (Node changed, bool hasBias) = WithBias(layer);
        (sbyte[] weights, float[] scales) = (QuantizedLayer.Integers(model, layer), QuantizedLayer.Scales(model, layer));
        double[] bias = hasBias ? Doubles.Of(model.Value(layer, "bias")) : new double[scales.Length];
        double? input = BiasRoom.InputScaleOf(model.Graph, layer) is string name ? Doubles.Of(model.Parameters[name].Value)[0] : null;
        int length = weights.Length / scales.Length;
        for (int channel = 0; channel < scales.Length; channel++)
        {
            bias[channel] = (bias[channel] * affine.Scale[channel]) + affine.Shift[channel];
            double former = scales[channel] * affine.Scale[channel];
            double least = input is double scale ? BiasRoom.LeastScale(bias[channel], scale, length) : 0;
            scales[channel] = (float)Math.Max(Math.Max(Math.Abs(former), least), QuantizationPoint.LeastScale);
            foreach (ref sbyte integer in weights.AsSpan(channel * length, length))
            {
                integer = (sbyte)Math.Clamp(Math.Round(integer * (former / scales[channel])), -QuantizedLayer.Greatest, QuantizedLayer.Greatest);
            }
        }

        Parameter weight = model.Parameters[layer.Parameter("weight")];
        return new Patch(reason).Put(changed)
            .Set(changed.Parameter("weight"), weight with { Value = Tensor.From<sbyte>(weight.Value.Shape, weights) })
            .Set(changed.Parameter("bias"), new Parameter(Doubles.ToFloat(bias, [bias.Length])) { Trainable = weight.Trainable })
            .Set(changed.Parameter(QuantizedLayer.ScaleRole), model.Parameters[layer.Parameter(QuantizedLayer.ScaleRole)] with { Value = Tensor.From<float>([scales.Length], scales) });
    }

    private static (Node Changed, bool HasBias) WithBias(Node layer)
    {
        Op op = layer.Op is Conv2d conv ? conv with { Bias = true } : (Linear)layer.Op with { Bias = true };
        bool hasBias = layer.Op.Parameters.Any(spec => spec.Role == "bias");
        string[] parameters = [.. op.Parameters.Select(spec => spec.Role != "bias" || hasBias ? layer.Parameter(spec.Role) : ScopeName.Join(layer.Name, "bias"))];
        return (layer with { Op = op, Parameters = [.. parameters] }, hasBias);
    }
}
