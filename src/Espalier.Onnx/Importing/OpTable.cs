namespace Espalier.Onnx;

/// <summary>The table from the ops of a file to the functions that import them.</summary>
internal static class OpTable
{
    private const string Runtime = "com.microsoft";

    /// <summary>Whether the op of a node can be imported, its inputs and attributes aside.</summary>
    internal static bool Knows(OnnxNode node) => Find(node) is not null || ElementFunctions.Of(node) is not null || IsOfConstants(node);

    /// <summary>Imports a node: the operands of its outputs.</summary>
    /// <exception cref="UnsupportedNodeException">There is no such op here, or not with these inputs and attributes.</exception>
    internal static Operand[] Import(ImportState state, OnnxNode node)
    {
        if (node.Domain.Length == 0 && node.Op is "Identity" && state.Operand(node, 0) is ConstantOperand named)
        {
            return [new ConstantOperand(named.Constant.Named(node.Outputs[0]))];
        }

        if (node is { Domain: "" or Runtime, Op: "QuantizeLinear" or "DequantizeLinear" } && Find(node) is { } quantization)
        {
            return [quantization(state, node)]; // of weights too
        }

        if (QuantizationImport.Moves(state, node))
        {
            return QuantizationImport.Moved(state, node, () => Import(state, node));
        }

        bool isOfConstants = Enumerable.Range(0, node.Inputs.Count).All(i => state.Operand(node, i) is null or ConstantOperand);
        if (isOfConstants && node.Domain.Length == 0 && IsOfConstants(node))
        {
            return [.. state.Fold(node).Select(constant => new ConstantOperand(constant))];
        }

        if (isOfConstants)
        {
            throw new UnsupportedNodeException("of constants");
        }

        if (node is { Domain: "", Op: "Split" })
        {
            return ShapeImport.Split(state, node);
        }

        if (Find(node) is { } import)
        {
            return [import(state, node)];
        }

        return ElementFunctions.Of(node) is { } function ? [Arithmetic.Import(state, node, function)] : throw new UnsupportedNodeException("");
    }

    /// <summary>What would work instead of an op that is not known; empty where nothing does.</summary>
    internal static string Hint(OnnxNode node) => node.Op switch
    {
        "If" or "Loop" or "Scan" => "export the network by tracing, without control flow",
        "LogSoftmax" => "export the network without it: its input are the logits",
        "Resize" or "Upsample" or "ConvTranspose" or "NonMaxSuppression" or "RoiAlign" => "networks that classify do not resize feature maps",
        "LSTM" or "GRU" or "RNN" or "MatMul" => "convolutional networks are taken",
        _ when node.Op.StartsWith("DynamicQuantize", StringComparison.Ordinal) || node.Op.Contains("Integer", StringComparison.Ordinal) => "quantize the network statically: here scales are known before it runs",
        _ when node.Op.Contains("Quantize", StringComparison.Ordinal) || node.Op.StartsWith("QLinear", StringComparison.Ordinal) || node.Op.StartsWith('Q') => "export the network before it is quantized to 8 bits, or with pairs of QuantizeLinear and DequantizeLinear",
        _ => "",
    };

    private static Func<ImportState, OnnxNode, Operand>? Find(OnnxNode node) => (node.Domain, node.Op) switch
    {
        ("", "Conv") or (Runtime, "FusedConv") => ConvolutionImport.Convolve,
        ("", "Pad") => ConvolutionImport.Pad,
        ("", "Gemm") or (Runtime, "FusedGemm") => LinearImport.Gemm,
        ("", "MatMul") => (state, product) => AdaptivePoolImport.Means(state, product) ?? LinearImport.Multiply(state, product),
        ("", "BatchNormalization") => NormImport.Batch,
        ("", "InstanceNormalization") => NormImport.Instance,
        ("", "GroupNormalization") => NormImport.Group,
        ("", "LayerNormalization") => NormImport.Layer,
        (NormPattern.Domain, NormPattern.Op) => NormImport.SpelledOut,
        ("", "LRN") => NormImport.LocalResponse,
        ("", "MaxPool") => (state, pool) => state.Operand(pool, 0) is GatheredOperand parts ? AdaptivePoolImport.Maxima(state, pool, parts) : PoolImport.Max(state, pool),
        ("", "AveragePool") => PoolImport.Average,
        ("", "GlobalAveragePool") => PoolImport.GlobalAverage,
        ("", "GlobalMaxPool") => PoolImport.GlobalMax,
        ("", "ReduceMean") => PoolImport.Mean,
        ("", "ReduceMax") => PoolImport.Maximum,
        ("", "PRelu") => NormImport.ParametricRelu,
        ("", "Softmax") => SoftmaxImport.Import,
        ("", "Concat") => ShapeImport.Concat,
        ("", "Split") => (state, split) => ShapeImport.Split(state, split)[0],
        ("", "Slice") => ShapeImport.Slice,
        ("", "Gather") => (state, gather) => AdaptivePoolImport.Gather(state, gather) ?? ShapeImport.Gather(state, gather),
        ("", "Reshape") => ShapeImport.Reshape,
        ("", "Flatten") => ShapeImport.Flatten,
        ("", "Transpose") => ShapeImport.Transpose,
        ("", "Squeeze") => ShapeImport.Squeeze,
        ("", "Unsqueeze") => ShapeImport.Unsqueeze,
        ("", "Expand") => ShapeImport.Expand,
        ("", "Shape") => ShapeImport.Shape,
        ("", "Identity" or "Cast" or "CastLike") => ShapeImport.Same,
        ("" or Runtime, "QuantizeLinear") => QuantizationImport.Quantize,
        ("" or Runtime, "DequantizeLinear") => QuantizationImport.Dequantize,
        ("", "Dropout") => ShapeImport.Dropout,
        _ => null,
    };

    private static bool IsOfConstants(OnnxNode node) => node.Domain.Length == 0 && (ConstantArithmetic.Unary(node.Op) is not null || node.Op is
        "Identity" or "CastLike" or "Cast" or "Shape" or "Size" or "Add" or "Sub" or "Mul" or "Div" or "Mod" or "Pow" or "Min" or "Max" or "Equal" or "Less" or "Greater" or "LessOrEqual" or "GreaterOrEqual"
        or "And" or "Or" or "Where" or "Gather" or "Concat" or "Unsqueeze" or "Squeeze" or "Reshape" or "Flatten" or "Transpose" or "Slice" or "Split" or "Expand" or "ConstantOfShape" or "Range"
        or "ReduceProd" or "ReduceSum" or "ReduceMean" or "ReduceMax" or "ReduceMin");
}
