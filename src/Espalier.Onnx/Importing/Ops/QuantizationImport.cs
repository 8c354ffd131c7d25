using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Imports QuantizeLinear and DequantizeLinear: a pair around a value is a <see cref="Quantize"/>, one of weights makes the layer's weights quantized.</summary>
/// <remarks>
/// Signed 8-bit values of the network are counted from −128 and become unsigned ones of the same meaning. Nodes between the two that only move integers are taken; a pair whose value is in these integers
/// already changes nothing and is left out.
/// </remarks>
internal static class QuantizationImport
{
    private const int SignedOffset = -(int)sbyte.MinValue;

    /// <summary>The first of a pair (QuantizeLinear), which becomes a node with the second; of weights, their integers.</summary>
    internal static Operand Quantize(ImportState state, OnnxNode node)
    {
        Constant scales = Scales(state, node), zeros = state.Constant(node, 2) ?? Constant.Vector(new Element(0));
        bool isSigned = state.HasConstant(node, 2) && IsSigned(zeros);
        if (state.Operand(node, 0) is ConstantOperand { Constant: Constant weight })
        {
            return new ConstantOperand(QuantizedConstants.Rounded(state, node, weight, scales, zeros, isSigned));
        }

        ValueOperand value = state.Value(node, 0);
        if (scales.Count != 1 || zeros.Scalar is not double zero)
        {
            throw new UnsupportedNodeException($"it has {scales.Count} scales for a value of the network; expected one");
        }

        return new QuantizedOperand(value, new QuantizationPoint((float)scales.Elements[0].Value, checked((byte)(zero + (isSigned ? SignedOffset : 0)))), node);
    }

    /// <summary>The second of a pair (DequantizeLinear); of weights, the numbers that their integers stand for.</summary>
    internal static Operand Dequantize(ImportState state, OnnxNode node)
    {
        Constant scales = Scales(state, node);
        Constant? zeros = state.Constant(node, 2);
        switch (state.Operand(node, 0))
        {
            case ConstantOperand { Constant: Constant integers }:
                return new ConstantOperand(QuantizedConstants.Dequantized(state, node, integers, scales, zeros));
            case QuantizedOperand quantized:
                double zero = (zeros?.Scalar ?? 0) + (zeros is not null && IsSigned(zeros) ? SignedOffset : 0);
                if (scales.Count != 1 || (float)scales.Elements[0].Value != quantized.Point.Scale || zero != quantized.Point.ZeroPoint)
                {
                    throw new UnsupportedNodeException("its scale and zero point are not those of the QuantizeLinear that it reads");
                }

                return state.Result(node, quantized.Result ??= Rounding(state, node, quantized), quantized.Source.View);
            default:
                throw new UnsupportedNodeException("it reads neither weights nor the result of a QuantizeLinear");
        }
    }

    /// <summary>Whether a node reads integers that it only moves.</summary>
    internal static bool Moves(ImportState state, OnnxNode node) =>
        node is { Domain: "", Op: "MaxPool" or "Flatten" or "Reshape" or "Transpose" or "Squeeze" or "Unsqueeze" or "Slice" or "Split" or "Identity", Inputs.Count: > 0 } && state.Operand(node, 0) is QuantizedOperand;

    /// <summary>The results of a node that moves integers.</summary>
    /// <param name="state">The import.</param>
    /// <param name="node">The node.</param>
    /// <param name="import">Imports the node.</param>
    internal static Operand[] Moved(ImportState state, OnnxNode node, Func<Operand[]> import)
    {
        var quantized = (QuantizedOperand)state.Operand(node, 0)!;
        quantized.Result ??= Rounding(state, quantized.Origin, quantized);
        state.Define(node.Inputs[0], new ValueOperand(new Expression(quantized.Result), quantized.Source.View, IsSole: false));
        try
        {
            return [.. import().Select(result => new QuantizedOperand((ValueOperand)result, quantized.Point, node))];
        }
        finally
        {
            state.Define(node.Inputs[0], quantized);
        }
    }

    /// <summary>Scale and zero point of the integers in which a node's result is; <see langword="null"/> where it is not in integers.</summary>
    internal static QuantizationPoint? PointOf(DraftNode node)
    {
        while (node.Op is not Graphs.Quantize)
        {
            if (node.Op is Concat ? node.Inputs.Skip(1).Any(input => PointOf(input) is null || PointOf(input) != PointOf(node.Inputs[0])) : !IntegerOps.Moves(node.Op))
            {
                return null;
            }

            node = node.Inputs[0];
        }

        return new(node.Values["scale"].Read<float>()[0], node.Values["zero_point"].Read<byte>()[0]);
    }

    private static DraftNode Rounding(ImportState state, OnnxNode node, QuantizedOperand quantized)
    {
        DraftNode source = ValueNodes.Node(state, quantized.Source.Expression);
        if (PointOf(source) == quantized.Point)
        {
            return source;
        }

        DraftNode result = state.Draft.Add(node, new Quantize(), source);
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

    private static bool IsSigned(Constant zeros) => zeros.StoredType switch
    {
        ElementType.Int8 => true,
        ElementType.UInt8 => false,
        _ => throw new UnsupportedNodeException("its zero point is not of 8 bits"),
    };
}
