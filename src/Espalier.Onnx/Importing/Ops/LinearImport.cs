using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Imports matrix products with weights: fully connected layers, and 1x1 convolutions of maps whose channels lie last.</summary>
internal static class LinearImport
{
    private static readonly string[] s_parameters = ["activation_alpha", "activation_beta"];

    /// <summary>Gemm, and FusedGemm of ONNX Runtime's optimizer.</summary>
    internal static Operand Gemm(ImportState state, OnnxNode node)
    {
        if (node.Int("transA", 0) != 0)
        {
            throw new UnsupportedNodeException("it transposes its input (transA)");
        }

        Constant weight = Matrix(state, state.RequiredConstant(node, 1), isTransposed: node.Int("transB", 0) != 0);
        DraftNode layer = Connect(state, node, state.Value(node, 0), weight, node.Float("alpha", 1), out AxisView view);
        if (state.Constant(node, 2) is Constant bias)
        {
            AddBias(state, node, layer, bias, node.Float("beta", 1));
        }

        return node.Op == "FusedGemm"
            ? FusedActivation.Apply(state, node, layer, view, [.. s_parameters.Where(node.Has).Select(name => node.Float(name, 0))])
            : state.Result(node, layer, view);
    }

    /// <summary>MatMul with a weight on the right.</summary>
    internal static Operand Multiply(ImportState state, OnnxNode node)
    {
        if (state.Operand(node, 0) is ValueOperand && state.Operand(node, 1) is ValueOperand)
        {
            throw new UnsupportedNodeException("it multiplies two values that the network computes, as attention does");
        }

        DraftNode layer = Connect(state, node, state.Value(node, 0), Matrix(state, state.RequiredConstant(node, 1), isTransposed: false), 1, out AxisView view);
        return state.Result(node, layer, view);
    }

    /// <summary>A weight as PyTorch has it: outputs x inputs.</summary>
    private static Constant Matrix(ImportState state, Constant weight, bool isTransposed)
    {
        if (weight.Shape.Rank != 2)
        {
            throw new UnsupportedNodeException($"its weight has the shape {weight.Shape}, where a matrix is expected");
        }

        state.Charge(isTransposed || weight.HasTransposed ? 0 : weight.Count);
        return isTransposed ? weight : weight.Transposed();
    }

    private static DraftNode Connect(ImportState state, OnnxNode node, ValueOperand value, Constant weight, double alpha, out AxisView view)
    {
        DraftNode found = ValueNodes.Node(state, value.Expression);
        (int outputs, int inputs) = (weight.Shape[0], weight.Shape[1]);
        ImmutableArray<AxisPart> last = value.View.Rank < 2 ? throw new UnsupportedNodeException($"it multiplies a tensor of {value.View}") : value.View.Dims[^1];
        bool isOnPixels = found.Shape.Rank == 3 && value.View.Rank > 2 && value.View.IsWhole(value.View.Rank - 1, 0, found.Shape);
        if (isOnPixels)
        {
            view = new AxisView(value.View.Dims.SetItem(value.View.Rank - 1, AxisView.Whole(0, outputs)));
            return Weighted(state, state.Draft.Add(node, new Conv2d(inputs, outputs, 1), found), weight, alpha, null);
        }

        bool isAlone = value.View.Dims[..^1].All(dim => dim.Length == 0 || dim is [{ IsBatch: true }]) && last.All(part => !part.IsBatch);
        int[]? order = isAlone && found.Shape.Count == inputs ? FeatureOrder(last, found.Shape) : null;
        if (order is null)
        {
            throw new UnsupportedNodeException($"it multiplies a tensor of {value.View} with a weight for {inputs} features");
        }

        view = new AxisView(value.View.Dims.SetItem(value.View.Rank - 1, AxisView.Whole(0, outputs)));
        DraftNode flat = state.Draft.Flatten(node, found);
        bool isInOrder = order.SequenceEqual(Enumerable.Range(0, inputs));
        return Weighted(state, state.Draft.Add(node, new Linear(inputs, outputs, Bias: false), flat), weight, alpha, isInOrder ? null : order);
    }

    private static DraftNode Weighted(ImportState state, DraftNode layer, Constant weight, double alpha, int[]? order)
    {
        NodeParameters.Attach(layer, ("weight", weight));
        if (alpha == 1 && order is null)
        {
            return layer;
        }

        state.Charge(weight.Count);
        Tensor changed = layer.Values["weight"].Copy();
        Span<float> into = changed.Write<float>();
        ReadOnlySpan<float> from = layer.Values["weight"].Read<float>();
        int inputs = weight.Shape[1];
        for (int i = 0; i < into.Length; i++)
        {
            int column = i % inputs;
            into[i - column + (order is null ? column : order[column])] = (float)(from[i] * alpha);
        }

        layer.Values["weight"] = changed;
        layer.IsShareable = false;
        return layer;
    }

    /// <summary>For each position of an axis the index of its element in the order of channels, rows and columns; <see langword="null"/> if the axis has not all.</summary>
    private static int[]? FeatureOrder(ImmutableArray<AxisPart> parts, Shape sample)
    {
        int[] strides = ConstantLayout.Strides(sample);
        long count = parts.Aggregate(1L, (product, part) => product * part.Extent);
        if (count != sample.Count)
        {
            return null;
        }

        var extents = Shape.Of([.. parts.Select(part => part.Extent)]);
        return ConstantLayout.Indices(extents, [.. parts.Select(part => part.Stride * strides[part.Axis])], 0);
    }

    private static void AddBias(ImportState state, OnnxNode node, DraftNode layer, Constant bias, double beta)
    {
        int outputs = layer.Shape[0];
        state.Charge(outputs);
        double[] values = ChannelScaling.PerChannel(bias, AxisView.Natural([outputs]), outputs)
            ?? throw new UnsupportedNodeException($"its third input has the shape {bias.Shape}, where one number for each of {outputs} outputs is expected");
        bool isShared = layer.IsShareable && beta == 1 && bias.Count == outputs && bias.Name.Length > 0;
        double[] ones = new double[outputs];
        Array.Fill(ones, 1);
        ChannelScaling.Apply(state, node, layer, ones, Array.ConvertAll(values, value => value * beta), isSole: true);
        layer.QuantizedBias = bias.Quantized is { Is32Bits: true } integers && beta == 1 && bias.Count == outputs ? (layer.Values["bias"], integers) : null;
        layer.Constants = [.. layer.Constants, bias];
        layer.IsShareable = isShared;
    }
}
