using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Rounds the weights of a layer to integers from −127 to 127 with a scale for each output channel: the greatest magnitude of the channel is 127.</summary>
internal static class LayerQuantization
{
    /// <summary>The patch for the layers that share a weight.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layers">One layer, or several with tied weights.</param>
    /// <param name="inputOf">The scale and zero point of what a layer reads.</param>
    internal static Patch Of(Model model, Node[] layers, Func<Node, QuantizationPoint> inputOf)
    {
        string name = layers[0].Parameter("weight");
        Parameter parameter = model.Parameters[name];
        float[] weight = parameter.Effective.To(ElementType.Float32).Read<float>().ToArray();
        float[] scales = Scales(model, layers, weight, inputOf);
        sbyte[] integers = new sbyte[weight.Length];
        for (int i = 0; i < weight.Length; i++)
        {
            integers[i] = QuantizedLayer.Round(weight[i], scales[i / (weight.Length / scales.Length)]);
        }

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
    private static float[] Scales(Model model, Node[] layers, float[] weight, Func<Node, QuantizationPoint> inputOf)
    {
        int outputs = layers[0].Op.Parameters[0].Shape[0], length = weight.Length / outputs;
        var scales = new float[outputs];
        for (int channel = 0; channel < outputs; channel++)
        {
            double greatest = 0;
            foreach (float value in weight.AsSpan(channel * length, length))
            {
                greatest = float.IsFinite(value) ? Math.Max(greatest, Math.Abs(value))
                    : throw new EspalierException($"'{layers[0].Parameter("weight")}' has an element that is not finite, which cannot be rounded to 8 bits.");
            }

            double widest = layers.Max(layer => Math.Abs(BiasOf(model, layer, channel)) / inputOf(layer).Scale / Room(layer, length));
            double scale = Math.Max(greatest / QuantizedLayer.Greatest, widest);
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
