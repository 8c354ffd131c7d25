using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The weights of a convolution or linear layer with <see cref="Conv2d.QuantizedWeights"/>: integers from −127 to 127, times one scale for each output channel.</summary>
/// <remarks>
/// They are stored in one of two forms: as integers (Int8, what is deployed), or as float32 numbers (what training changes), which stand for
/// clamp(round half to even(w/scale), −127, 127), the quotient in double. A masked weight is 0 in both.
/// </remarks>
internal static class QuantizedLayer
{
    /// <summary>The greatest integer; the least is its negative, so that weights are symmetric.</summary>
    internal const int Greatest = 127;

    /// <summary>The role of the scales.</summary>
    internal const string ScaleRole = "weight_scale";

    /// <summary>Whether an op has quantized weights.</summary>
    internal static bool Is(Op op) => op is Conv2d { QuantizedWeights: true } or Linear { QuantizedWeights: true };

    /// <summary>The integer that stands for a weight.</summary>
    internal static sbyte Round(float weight, float scale) => (sbyte)Math.Clamp(Math.Round((double)weight / scale), -Greatest, Greatest);

    /// <summary>The integer that stands for a bias, at the scale of the products: half to even, the quotient in double.</summary>
    internal static double RoundBias(float bias, float inputScale, float weightScale) => Math.Round(bias / ((double)inputScale * weightScale));

    /// <summary>The scale of each output channel.</summary>
    /// <exception cref="EspalierException">A scale is not positive and finite.</exception>
    internal static float[] Scales(Model model, Node layer) => Scales(layer.Parameter(ScaleRole), model.Parameters[layer.Parameter(ScaleRole)].Value);

    /// <summary>The weights as integers, in PyTorch's order.</summary>
    /// <exception cref="EspalierException">A scale is not positive and finite, a weight is NaN, or an integer is −128.</exception>
    internal static sbyte[] Integers(Model model, Node layer) =>
        Integers(layer.Parameter("weight"), model.Parameters[layer.Parameter("weight")].Effective, Scales(model, layer));

    /// <summary>The weights as the network computes with them: integer times scale, float32.</summary>
    /// <exception cref="EspalierException">As for <see cref="Integers(Model, Node)"/>.</exception>
    internal static Tensor Dequantize(Model model, Node layer)
    {
        Tensor weight = model.Parameters[layer.Parameter("weight")].Effective;
        return Dequantize(layer.Parameter("weight"), weight, Scales(model, layer));
    }

    /// <summary>A model's parameters with all integer weights as float32 numbers that stand for the same integers.</summary>
    internal static Parameters InFloat(Graph graph, Parameters parameters) => parameters.With(
        from node in graph.Nodes
        where Is(node.Op) && parameters[node.Parameter("weight")].Value.Type == ElementType.Int8
        let name = node.Parameter("weight")
        let scales = Scales(node.Parameter(ScaleRole), parameters[node.Parameter(ScaleRole)].Value)
        select KeyValuePair.Create(name, parameters[name] with { Value = Dequantize(name, parameters[name].Value, scales) }));

    /// <summary>The model with all quantized weights as integers (Int8), which compute the same: training changes the numbers that are rounded to them, and deployment needs only the integers.</summary>
    /// <exception cref="EspalierException">A scale is not positive and finite, or a weight is not finite.</exception>
    internal static Model InIntegers(Model model) => model.With(model.Parameters.With(
        from node in model.Graph.Nodes
        where Is(node.Op) && model.Parameters[node.Parameter("weight")].Value.Type != ElementType.Int8
        let name = node.Parameter("weight")
        let weight = model.Parameters[name]
        select KeyValuePair.Create(name, weight with { Value = Tensor.From<sbyte>(weight.Value.Shape, Integers(name, weight.Value, Scales(model, node))) })));

    private static float[] Scales(string name, Tensor tensor)
    {
        float[] scales = tensor.To(ElementType.Float32).Read<float>().ToArray();
        return Array.TrueForAll(scales, scale => scale > 0 && float.IsFinite(scale)) ? scales
            : throw new EspalierException($"'{name}' has the element {scales.First(scale => !(scale > 0 && float.IsFinite(scale)))}; expected positive, finite scales.");
    }

    private static sbyte[] Integers(string name, Tensor weight, float[] scales)
    {
        if (weight.Type == ElementType.Int8)
        {
            sbyte[] stored = weight.Read<sbyte>().ToArray();
            return stored.AsSpan().Contains(sbyte.MinValue) ? throw new EspalierException($"'{name}' has the element {sbyte.MinValue}; expected integers from -{Greatest} to {Greatest}.") : stored;
        }

        ReadOnlySpan<float> numbers = weight.To(ElementType.Float32).Read<float>();
        if (numbers.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
        {
            throw new EspalierException($"'{name}' has an element that is not finite, which cannot be rounded to 8 bits.");
        }

        sbyte[] integers = new sbyte[numbers.Length];
        int length = integers.Length / scales.Length;
        for (int i = 0; i < integers.Length; i++)
        {
            integers[i] = Round(numbers[i], scales[i / length]);
        }

        return integers;
    }

    private static Tensor Dequantize(string name, Tensor weight, float[] scales)
    {
        sbyte[] integers = Integers(name, weight, scales);
        Tensor result = Tensor.Zeros(weight.Shape);
        Span<float> numbers = result.Write<float>();
        int length = integers.Length / scales.Length;
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = integers[i] * scales[i / length];
        }

        return result;
    }
}
