using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>
/// The least scales of a layer with quantized weights. Its bias is an integer at the scale of the products, input scale times weight scale, and fits into 32 bits together with their sum only if that is large enough.
/// Calibration chooses scales so; training, which changes all three, widens the scale of a channel's weights where its bias would not fit: of channels whose weights are nearly 0.
/// </summary>
/// <param name="Layer">The layer.</param>
/// <param name="InputScale">The name of the scale by which its input is rounded.</param>
internal sealed record BiasRoom(Node Layer, string InputScale)
{
    private const double Spare = 1e-6; // for the roundings of the scales

    internal string Bias => Layer.Parameter("bias");

    internal string Scales => Layer.Parameter(QuantizedLayer.ScaleRole);

    /// <summary>Those of all layers with a bias that read rounded values.</summary>
    internal static IEnumerable<BiasRoom> Of(Graph graph) =>
        from node in graph.Nodes
        where QuantizedLayer.Is(node.Op) && node.Op.Parameters.Any(spec => spec.Role == "bias")
        let scale = InputScaleOf(graph, node)
        where scale is not null
        select new BiasRoom(node, scale);

    /// <summary>The model with scales widened where biases would not fit; the model itself if all do.</summary>
    internal static Model Widen(Model model)
    {
        var changed = new Dictionary<string, Parameter>(StringComparer.Ordinal);
        foreach (BiasRoom room in Of(model.Graph))
        {
            Parameter scales = changed.GetValueOrDefault(room.Scales) ?? model.Parameters[room.Scales];
            Tensor widened = scales.Value.To(ElementType.Float32).Copy();
            if (room.Widen(Numbers(model, room.Bias), Numbers(model, room.InputScale)[0], widened.Write<float>()))
            {
                changed[room.Scales] = scales with { Value = widened };
            }
        }

        return changed.Count == 0 ? model : model.With(model.Parameters.With(changed));
    }

    /// <summary>The least scale of a channel; 0 if a layer sums so many products that no scale makes them fit, which running it reports.</summary>
    /// <param name="bias">The bias.</param>
    /// <param name="inputScale">The scale of the input.</param>
    /// <param name="products">Number of products that the layer sums for each output.</param>
    internal static double LeastScale(double bias, double inputScale, int products)
    {
        double room = int.MaxValue - ((double)QuantizedLayer.Greatest * byte.MaxValue * products);
        return room > 0 ? Math.Abs(bias) / inputScale / (room * (1 - Spare)) : 0;
    }

    /// <summary>Widens scales where biases would not fit. What is not finite or not positive stays so, which training reports.</summary>
    /// <returns>Whether any changed.</returns>
    internal bool Widen(ReadOnlySpan<float> bias, float inputScale, Span<float> scales)
    {
        int products = (int)(Layer.Op.Parameters[0].Shape.Count / scales.Length);
        bool isChanged = false;
        for (int channel = 0; channel < scales.Length; channel++)
        {
            float least = (float)LeastScale(bias[channel], inputScale, products);
            if (scales[channel] > 0 && scales[channel] < least && float.IsFinite(least))
            {
                (scales[channel], isChanged) = (least, true);
            }
        }

        return isChanged;
    }

    /// <summary>The name of the scale by which a layer's input is rounded; <see langword="null"/> if it is not.</summary>
    internal static string? InputScaleOf(Graph graph, Node layer) => IntegerOps.RoundingOf(graph, layer.Inputs[0])?.Parameter("scale");

    private static ReadOnlySpan<float> Numbers(Model model, string name) => model.Parameters[name].Effective.To(ElementType.Float32).Read<float>();
}
