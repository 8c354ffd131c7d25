using Espalier.Graphs;
using Espalier.Tensors;
using static Espalier.Onnx.OnnxAttribute;

namespace Espalier.Onnx;

/// <summary>Norms as ONNX nodes.</summary>
internal static class NormExport
{
    private const int GroupNormOpset = 21; // the one of opset 18 has a weight for each group instead of each channel

    /// <summary>ONNX's momentum is the weight of the old statistics, PyTorch's that of the batch's.</summary>
    internal static string BatchNorm(NodeExport node, BatchNorm op) =>
        node.Result("BatchNormalization", [node.Input, .. node.Parameters], Number("epsilon", op.Epsilon), Number("momentum", 1 - op.Momentum));

    /// <summary>Before opset 21 an instance norm of the groups, each as one row, then weight and bias of the channels.</summary>
    internal static string GroupNorm(NodeExport node, GroupNorm op)
    {
        if (node.Opset >= GroupNormOpset)
        {
            return node.Result("GroupNormalization", [node.Input, .. node.Parameters], Number("epsilon", op.Epsilon), Integer("num_groups", op.Groups));
        }

        float[] ones = new float[op.Groups];
        Array.Fill(ones, 1);
        string groups = node.Reshape(node.Input, "groups", op.Groups, -1);
        string normalized = node.Step(
            "InstanceNormalization",
            [groups, node.Constant("ones", Tensor.From([op.Groups], ones)), node.Constant("zeros", Tensor.Zeros([op.Groups]))],
            Number("epsilon", op.Epsilon));
        string map = node.Reshape(normalized, "shape", [.. node.OutputShape.Extents]);
        string scaled = node.Step("Mul", [map, node.ChannelParameter("weight")]);
        return node.Result("Add", [scaled, node.ChannelParameter("bias")]);
    }
}
