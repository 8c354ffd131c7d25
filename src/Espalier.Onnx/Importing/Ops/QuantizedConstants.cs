using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Weights and biases that a file has as integers, or rounds to them.</summary>
/// <remarks>
/// Weights keep their integers where these, counted from the zero point, are from −127 to 127, with one scale for each output channel or one for all; others become the float32 numbers that they stand for.
/// A bias at the scale of the products becomes the float32 number that is rounded to its integer.
/// </remarks>
internal static class QuantizedConstants
{
    /// <summary>Makes the weights of layers quantized that the file has as integers.</summary>
    /// <param name="state">The import.</param>
    /// <param name="layers">The nodes of the network.</param>
    /// <param name="nameOf">Their names.</param>
    internal static void Finish(ImportState state, IReadOnlyList<DraftNode> layers, Func<DraftNode, string> nameOf)
    {
        var inFloat = new List<DraftNode>();
        var limited = new List<DraftNode>();
        foreach (DraftNode layer in layers)
        {
            if (layer.QuantizedWeight is not (Tensor floats, QuantizedConstant weight) || !ReferenceEquals(layer.Values["weight"], floats))
            {
                continue; // none, or multiplied by something since
            }

            if (weight.Integers is null || (weight.IsLimited && !state.LimitsWeights))
            {
                inFloat.Add(layer);
                continue;
            }

            FinishLayer(layer, floats.Shape, weight, weight.Integers());
            limited.AddRange(weight.IsLimited ? [layer] : []);
        }

        string Of(List<DraftNode> some) => $"The weights of {some.Count} layers, the first '{nameOf(some[0])}',";
        if (inFloat.Count > 0)
        {
            string remedy = inFloat.TrueForAll(layer => layer.QuantizedWeight!.Value.Integers.IsLimited) ? " The option LimitWeights lets them be computed in integers, with -127 for -128." : "";
            state.Note($"{Of(inFloat)} have integers beyond -127 to 127, counted from their zero point: these layers are computed in floating point.{remedy}");
        }

        if (limited.Count > 0)
        {
            state.Note($"{Of(limited)} had integers of -128, which have become -127.");
        }
    }

    private static void FinishLayer(DraftNode layer, Shape shape, QuantizedConstant weight, Tensor integers)
    {
        int outputs = layer.Shape[0];
        layer.Op = layer.Op is Conv2d conv ? conv with { QuantizedWeights = true } : (Linear)layer.Op with { QuantizedWeights = true };
        layer.Values["weight"] = integers.Reshape(shape);
        float[] scales = [.. Enumerable.Range(0, outputs).Select(i => weight.Scales[weight.Scales.Length == 1 ? 0 : i])];
        layer.Values[QuantizedLayer.ScaleRole] = Tensor.From<float>([outputs], scales);
        FinishBias(layer, scales);
    }

    private static void FinishBias(DraftNode layer, float[] scales)
    {
        if (layer.QuantizedBias is not (Tensor floats, QuantizedConstant bias) || !ReferenceEquals(layer.Values["bias"], floats) || QuantizationImport.PointOf(layer.Inputs[0]) is not { } input)
        {
            return;
        }

        ReadOnlySpan<int> integers = bias.Integers!().Read<int>();
        float[] numbers = floats.Read<float>().ToArray();
        for (int i = 0; i < numbers.Length; i++)
        {
            if (bias.Scales[bias.Scales.Length == 1 ? 0 : i] == input.Scale * scales[i])
            {
                numbers[i] = (float)(integers[i] * ((double)input.Scale * scales[i])); // not times the rounded product, which might be rounded to another integer
            }
        }

        layer.Values["bias"] = Tensor.From<float>(floats.Shape, numbers);
    }

    /// <summary>The integers of weights that the file rounds.</summary>
    internal static Constant Rounded(ImportState state, OnnxNode node, Constant weight, Constant scales, Constant zeros, bool isSigned)
    {
        int axis = AxisOf(node, weight, scales, zeros);
        state.Charge(weight.Count);
        float[] numbers = weight.Floats(weight.Shape).Read<float>().ToArray();
        (int least, int greatest) = isSigned ? ((int)sbyte.MinValue, (int)sbyte.MaxValue) : (byte.MinValue, byte.MaxValue);
        var rounded = Tensor.Zeros(weight.Shape, isSigned ? ElementType.Int8 : ElementType.UInt8);
        Span<byte> into = rounded.WriteBytes();
        for (int i = 0; i < numbers.Length; i++)
        {
            double integer = MathF.Round(numbers[i] / (float)Of(scales, weight.Shape, axis, i)) + Of(zeros, weight.Shape, axis, i);
            into[i] = unchecked((byte)(int)Math.Clamp(double.IsNaN(integer) ? throw new UnsupportedNodeException("its weights are not numbers") : integer, least, greatest));
        }

        return new Constant(weight.Name, weight.Shape, ConstantKind.Integer, () => rounded);
    }

    /// <summary>The numbers that integers stand for.</summary>
    internal static Constant Dequantized(ImportState state, OnnxNode node, Constant integers, Constant scales, Constant? zeros)
    {
        int axis = AxisOf(node, integers, scales, zeros);
        if (integers.StoredType is not (ElementType.Int8 or ElementType.UInt8 or ElementType.Int32))
        {
            throw new UnsupportedNodeException("its weights are not integers of 8 or 32 bits");
        }

        state.Charge(integers.Count);
        Element[] values = integers.Elements;
        (int[] counted, float[] numbers) = (new int[values.Length], new float[values.Length]);
        for (int i = 0; i < numbers.Length; i++)
        {
            double integer = values[i].Value - (zeros is null ? 0 : Of(zeros, integers.Shape, axis, i));
            counted[i] = (int)Math.Clamp(integer, int.MinValue, int.MaxValue);
            numbers[i] = (float)(integer * (float)Of(scales, integers.Shape, axis, i));
        }

        Tensor result = Tensor.From<float>(integers.Shape, numbers);
        return new Constant(integers.Name, integers.Shape, ConstantKind.Real, () => result) { Quantized = Kept(integers, counted, scales, axis) };
    }

    private static QuantizedConstant Kept(Constant integers, int[] counted, Constant scales, int axis)
    {
        float[] numbers = Array.ConvertAll(scales.Elements, scale => (float)scale.Value);
        if (integers.StoredType == ElementType.Int32)
        {
            Tensor bias = Tensor.From<int>(integers.Shape, counted);
            return new QuantizedConstant(() => bias, numbers, axis, Is32Bits: true);
        }

        (int least, int greatest) = (counted.DefaultIfEmpty().Min(), counted.DefaultIfEmpty().Max());
        if (least < sbyte.MinValue || greatest > QuantizedLayer.Greatest)
        {
            return new QuantizedConstant(null, numbers, axis, Is32Bits: false);
        }

        Tensor weights = Tensor.From<sbyte>(integers.Shape, Array.ConvertAll(counted, value => (sbyte)Math.Max(value, -QuantizedLayer.Greatest)));
        return new QuantizedConstant(() => weights, numbers, axis, Is32Bits: false) { IsLimited = least < -QuantizedLayer.Greatest };
    }

    private static int AxisOf(OnnxNode node, Constant values, Constant scales, Constant? zeros)
    {
        if (zeros is not null && zeros.Count != 1 && zeros.Count != scales.Count)
        {
            throw new UnsupportedNodeException($"it has {zeros.Count} zero points for {scales.Count} scales");
        }

        if (scales.Count == 1)
        {
            return 0;
        }

        int axis = ConstantFolding.Axis(node.Int("axis", 1), values.Shape.Rank);
        return values.Shape[axis] == scales.Count ? axis : throw new UnsupportedNodeException($"it has {scales.Count} scales for axis {axis} of a tensor of {values.Shape}");
    }

    /// <summary>The element of a scalar or of a vector along an axis that belongs to an element of a tensor.</summary>
    private static double Of(Constant values, Shape shape, int axis, int index)
    {
        int inner = 1;
        for (int i = axis + 1; i < shape.Rank; i++)
        {
            inner *= shape[i];
        }

        return values.Elements[values.Count == 1 ? 0 : index / inner % shape[axis]].Value;
    }
}
