using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Imports QuantizeLinear and DequantizeLinear: a pair around a value is a <see cref="Quantize"/>, one of weights makes the layer's weights quantized.</summary>
/// <remarks>
/// Signed 8-bit values of the network are counted from −128 and become unsigned ones of the same meaning. Weights keep their integers where they are signed with a zero point of 0 and
/// one scale for each output channel or one for all; others, and biases, become the float32 numbers that they stand for.
/// </remarks>
internal static class QuantizationImport
{
    private const int SignedOffset = -(int)sbyte.MinValue;

    /// <summary>The first of a pair (QuantizeLinear), which becomes a node with the second; of weights, their integers.</summary>
    internal static Operand Quantize(ImportState state, OnnxNode node)
    {
        Constant scales = Scales(state, node), zeros = state.Constant(node, 2) ?? Constant.Vector(new Element(0));
        bool isSigned = state.HasConstant(node, 2) && IsSigned(zeros, "zero point");
        if (state.Operand(node, 0) is ConstantOperand { Constant: Constant weight })
        {
            return new ConstantOperand(Rounded(state, weight, scales, zeros, isSigned, AxisOf(node, weight, scales)));
        }

        ValueOperand value = state.Value(node, 0);
        if (scales.Count != 1 || zeros.Scalar is not double zero)
        {
            throw new UnsupportedNodeException($"it has {scales.Count} scales for a value of the network; expected one");
        }

        return new QuantizedOperand(value, new QuantizationPoint((float)scales.Elements[0].Value, checked((byte)(zero + (isSigned ? SignedOffset : 0)))));
    }

    /// <summary>The second of a pair (DequantizeLinear); of weights, the numbers that their integers stand for.</summary>
    internal static Operand Dequantize(ImportState state, OnnxNode node)
    {
        Constant scales = Scales(state, node);
        Constant? zeros = state.Constant(node, 2);
        switch (state.Operand(node, 0))
        {
            case ConstantOperand { Constant: Constant integers }:
                return new ConstantOperand(Dequantized(state, integers, scales, zeros, AxisOf(node, integers, scales)));
            case QuantizedOperand quantized:
                double zero = (zeros?.Scalar ?? 0) + (zeros is not null && IsSigned(zeros, "zero point") ? SignedOffset : 0);
                if (scales.Count != 1 || (float)scales.Elements[0].Value != quantized.Point.Scale || zero != quantized.Point.ZeroPoint)
                {
                    throw new UnsupportedNodeException("its scale and zero point are not those of the QuantizeLinear that it reads");
                }

                return state.Result(node, quantized.Result ??= Add(state, node, quantized), quantized.Source.View);
            default:
                throw new UnsupportedNodeException("it reads neither weights nor the result of a QuantizeLinear");
        }
    }

    /// <summary>Makes the weights of a layer quantized, if they are those that the file has as integers.</summary>
    internal static void Finish(DraftNode layer)
    {
        if (layer.QuantizedWeight is not (Tensor floats, QuantizedConstant quantized) || !ReferenceEquals(layer.Values["weight"], floats))
        {
            return; // none, or multiplied by something since
        }

        int outputs = layer.Shape[0];
        layer.Op = layer.Op is Conv2d conv ? conv with { QuantizedWeights = true } : (Linear)layer.Op with { QuantizedWeights = true };
        layer.Values["weight"] = quantized.Integers().Reshape(floats.Shape);
        layer.Values[QuantizedLayer.ScaleRole] = Tensor.From<float>([outputs], [.. Enumerable.Range(0, outputs).Select(i => quantized.Scales[quantized.Scales.Length == 1 ? 0 : i])]);
    }

    private static DraftNode Add(ImportState state, OnnxNode node, QuantizedOperand quantized)
    {
        DraftNode result = state.Draft.Add(node, new Quantize(), ValueNodes.Node(state, quantized.Source.Expression));
        result.Values["scale"] = Tensor.From([1], quantized.Point.Scale);
        result.Values["zero_point"] = Tensor.From<byte>([1], [quantized.Point.ZeroPoint]);
        return result;
    }

    private static Constant Scales(ImportState state, OnnxNode node)
    {
        Constant scales = state.RequiredConstant(node, 1);
        return scales.Shape.Rank <= 1 && Array.TrueForAll(scales.Elements, scale => !scale.IsBatch && scale.Value > 0 && double.IsFinite(scale.Value)) && scales.Count > 0 ? scales
            : throw new UnsupportedNodeException($"its scale, of shape {scales.Shape}, is not a positive, finite number or a vector of them");
    }

    private static bool IsSigned(Constant constant, string what) => constant.StoredType switch
    {
        ElementType.Int8 => true,
        ElementType.UInt8 => false,
        _ => throw new UnsupportedNodeException($"its {what} is not of 8 bits"),
    };

    private static int AxisOf(OnnxNode node, Constant values, Constant scales)
    {
        if (scales.Count == 1)
        {
            return 0;
        }

        int axis = ConstantFolding.Axis(node.Int("axis", 1), values.Shape.Rank);
        return values.Shape[axis] == scales.Count ? axis : throw new UnsupportedNodeException($"it has {scales.Count} scales for axis {axis} of a tensor of {values.Shape}");
    }

    private static Constant Rounded(ImportState state, Constant weight, Constant scales, Constant zeros, bool isSigned, int axis)
    {
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

    private static Constant Dequantized(ImportState state, Constant integers, Constant scales, Constant? zeros, int axis)
    {
        if (integers.StoredType is not (ElementType.Int8 or ElementType.UInt8 or ElementType.Int32))
        {
            throw new UnsupportedNodeException("its weights are not integers of 8 or 32 bits");
        }

        state.Charge(integers.Count);
        Element[] values = integers.Elements;
        float[] numbers = new float[values.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            double zero = zeros is null ? 0 : Of(zeros, integers.Shape, axis, i);
            numbers[i] = (float)((values[i].Value - zero) * (float)Of(scales, integers.Shape, axis, i));
        }

        bool isKept = integers.StoredType == ElementType.Int8 && (zeros is null || Array.TrueForAll(zeros.Elements, zero => zero.Value == 0)) && Array.TrueForAll(values, value => value.Value >= -QuantizedLayer.Greatest);
        Tensor result = Tensor.From<float>(integers.Shape, numbers);
        return new Constant(integers.Name, integers.Shape, ConstantKind.Real, () => result)
        {
            Quantized = isKept ? new QuantizedConstant(() => Integers(integers), Array.ConvertAll(scales.Elements, scale => (float)scale.Value), axis) : null,
        };
    }

    private static Tensor Integers(Constant integers) => Tensor.From<sbyte>(integers.Shape, Array.ConvertAll(integers.Elements, element => (sbyte)element.Value));

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
