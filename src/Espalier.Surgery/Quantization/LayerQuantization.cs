using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Rounds the weights of a layer to integers from −127 to 127 with a scale for each output channel.</summary>
internal static class LayerQuantization
{
    /// <summary>The patch for the layers that share a weight.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layers">One layer, or several with tied weights.</param>
    /// <param name="inputOf">The scale and zero point of what a layer reads.</param>
    /// <param name="rounding">The scales and integers.</param>
    internal static Patch Of(Model model, Node[] layers, Func<Node, QuantizationPoint> inputOf, WeightRounding rounding)
    {
        string name = layers[0].Parameter("weight");
        Parameter parameter = model.Parameters[name];
        float[] weight = parameter.Effective.To(ElementType.Float32).Read<float>().ToArray();
        float[] scales = Widened(model, layers, rounding.Scales, weight.Length / rounding.Scales.Length, inputOf);
        sbyte[] integers = rounding.Integers(weight, scales);
        string scaleName = name + "_scale";
        Patch patch = new($"the weights of {string.Join(", ", layers.Select(layer => layer.Name))} in 8 bits");
        patch = layers.Aggregate(patch, (changed, layer) => changed.Put(Quantized(layer, scaleName)));
        return patch.Set(name, parameter with { Value = Tensor.From<sbyte>(parameter.Value.Shape, integers) })
            .Set(scaleName, new Parameter(Tensor.From<float>([scales.Length], scales)));
    }

    private static Node Quantized(Node layer, string scaleName) => layer with
    {
        Op = layer.Op is Conv2d conv ? conv with { QuantizedWeights = true } : (Linear)layer.Op with { QuantizedWeights = true },
        Parameters = [.. layer.Parameters, scaleName],
    };

    // A bias is an integer at the scale of the products and must fit into 32 bits together with them; it widens the scale if it does not.
    private static float[] Widened(Model model, Node[] layers, float[] chosen, int length, Func<Node, QuantizationPoint> inputOf)
    {
        var scales = new float[chosen.Length];
        for (int channel = 0; channel < scales.Length; channel++)
        {
            double widest = layers.Max(layer => Math.Abs(BiasOf(model, layer, channel)) / inputOf(layer).Scale / Room(layer, length));
            double scale = Math.Max(chosen[channel], widest);
            scales[channel] = scale == 0 ? 1 : (float)Math.Max(scale, QuantizationPoint.LeastScale);
        }

        return scales;
    }

    private static double Room(Node layer, int length)
    {
        double room = int.MaxValue - ((double)QuantizedLayer.Greatest * byte.MaxValue * length);
        return room > int.MaxValue / 1024.0 ? room * (1 - 1e-6)
            : throw new EspalierException($"'{layer.Name}' sums {length} products for each output, which may exceed 32 bits; keep it in floating point.");
    }

    private static float BiasOf(Model model, Node layer, int channel)
    {
        if (!layer.Op.Parameters.Any(spec => spec.Role == "bias"))
        {
            return 0;
        }

        float bias = model.Value(layer, "bias").To(ElementType.Float32).Read<float>()[channel];
        return float.IsFinite(bias) ? bias : throw new EspalierException($"'{layer.Parameter("bias")}' has an element that is not finite, which cannot be rounded.");
    }
}
