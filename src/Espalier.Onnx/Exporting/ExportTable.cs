using Espalier.Graphs;
using static Espalier.Onnx.OnnxAttribute;

namespace Espalier.Onnx;

/// <summary>The table of the ONNX nodes that compute what each op computes at inference.</summary>
internal static class ExportTable
{
    /// <summary>Adds the ONNX nodes for a node.</summary>
    internal static void Write(NodeExport node, InputExport input)
    {
        Compute(node, input);
        QuantizationExport.RoundAgain(node);
    }

    private static string Compute(NodeExport node, InputExport input) => node.Op.Type switch
    {
        OpType.Input => input.Write(node),
        OpType.Conv2d => Convolution(node, (Conv2d)node.Op),
        OpType.Linear => node.Result("Gemm", [node.Input, .. QuantizationExport.Parameters(node)], Flag("transB", true)),
        OpType.Quantize => QuantizationExport.Round(node),
        OpType.BatchNorm => NormExport.BatchNorm(node, (BatchNorm)node.Op),
        OpType.GroupNorm => NormExport.GroupNorm(node, (GroupNorm)node.Op),
        OpType.LayerNorm => NormExport.LayerNorm(node, (LayerNorm)node.Op),
        OpType.LocalResponseNorm => NormExport.LocalResponseNorm(node, (LocalResponseNorm)node.Op),
        OpType.Affine => NormExport.ScaleAndShift(node, node.Input, ((Affine)node.Op).Bias),
        OpType.Activation => ActivationExport.Write(node, ((ActivationOp)node.Op).Activation),
        OpType.PRelu => node.Result("PRelu", [node.Input, ((PRelu)node.Op).Slopes == 1 ? node.Parameter("weight", [1]) : node.ChannelParameter("weight")]),
        OpType.RadixSoftmax => ChannelExport.RadixSoftmax(node, (RadixSoftmax)node.Op),
        OpType.Softmax => node.Result("Softmax", [node.Input], Integer("axis", 1)),
        OpType.Add => node.Result(node.Inputs.Length == 2 ? "Add" : "Sum", node.Inputs),
        OpType.Multiply => node.Result("Mul", node.Inputs),
        OpType.Concat => node.Result("Concat", node.Inputs, Integer("axis", 1)),
        OpType.StochasticDepth => WeightedSum(node, ((StochasticDepth)node.Op).InferenceFactors),
        OpType.Dropout => node.Result("Dropout", [node.Input, node.Number(((Dropout)node.Op).Probability)]),
        OpType.Flatten => node.Result("Flatten", [node.Input], Integer("axis", 1)),
        OpType.MaxPool => PoolExport.MaxPool(node, (MaxPool)node.Op),
        OpType.AveragePool => PoolExport.AveragePool(node, (AveragePool)node.Op),
        OpType.AdaptiveAveragePool => PoolExport.AdaptiveAveragePool(node, (AdaptiveAveragePool)node.Op),
        OpType.AdaptiveMaxPool => PoolExport.AdaptiveMaxPool(node, (AdaptiveMaxPool)node.Op),
        OpType.BlurPool => PoolExport.BlurPool(node),
        OpType.ChannelConv1d => ChannelExport.Convolution(node, (ChannelConv1d)node.Op),
        OpType.Pad => ChannelExport.Pad(node, (Pad)node.Op),
        OpType.PadChannels => ChannelExport.PadChannels(node, (PadChannels)node.Op),
        OpType.ChannelSlice => ChannelExport.Slice(node, (ChannelSlice)node.Op),
        OpType.ChannelShuffle => ChannelExport.Shuffle(node, (ChannelShuffle)node.Op),
    };

    private static string Convolution(NodeExport node, Conv2d op) => node.Result(
        "Conv",
        [node.Input, .. QuantizationExport.Parameters(node)],
        Size("kernel_shape", op.Kernel),
        Size("strides", op.Stride),
        Pads(op.Padding),
        Size("dilations", op.Dilation),
        Integer("group", op.Groups));

    /// <summary>The sum of two inputs with a factor each, of which one may be 0.</summary>
    private static string WeightedSum(NodeExport node, (double Shortcut, double Branch) factors)
    {
        string[] inputs = node.Inputs;
        if (factors.Shortcut == 0)
        {
            return factors.Branch == 1 ? node.Result("Identity", [inputs[1]]) : node.Result("Mul", [inputs[1], node.Number(factors.Branch)]);
        }

        return node.Result("Add", [Scaled(node, inputs[0], factors.Shortcut), Scaled(node, inputs[1], factors.Branch)]);
    }

    private static string Scaled(NodeExport node, string value, double factor) => factor == 1 ? value : node.Step("Mul", [value, node.Number(factor)]);
}
