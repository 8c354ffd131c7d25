using Espalier.Graphs;
using Espalier.Tensors;
using static Espalier.Onnx.OnnxAttribute;

namespace Espalier.Onnx;

/// <summary>Norms as ONNX nodes.</summary>
internal static class NormExport
{
    private const int LayerNormOpset = 17;
    private const int GroupNormOpset = 21; // the one of opset 18 has a weight for each group instead of each channel

    /// <summary>ONNX's momentum is the weight of the old statistics, PyTorch's that of the batch's; weight and bias are not optional.</summary>
    internal static string BatchNorm(NodeExport node, BatchNorm op)
    {
        string[] identity = op.Affine ? [] : [Filled(node, "ones", op.Channels, 1), Filled(node, "zeros", op.Channels, 0)];
        return node.Result("BatchNormalization", [node.Input, .. identity, .. node.Parameters], Number("epsilon", op.Epsilon), Number("momentum", 1 - op.Momentum));
    }

    /// <summary>Before opset 21 an instance norm of the groups, each as one row, then weight and bias of the channels.</summary>
    internal static string GroupNorm(NodeExport node, GroupNorm op)
    {
        if (node.Opset >= GroupNormOpset)
        {
            return node.Result("GroupNormalization", [node.Input, .. node.Parameters], Number("epsilon", op.Epsilon), Integer("num_groups", op.Groups));
        }

        string groups = node.Reshape(node.Input, "groups", op.Groups, -1);
        string normalized = node.Step(
            "InstanceNormalization",
            [groups, Filled(node, "ones", op.Groups, 1), Filled(node, "zeros", op.Groups, 0)],
            Number("epsilon", op.Epsilon));
        string map = node.Reshape(normalized, "shape", [.. node.OutputShape.Extents]);
        return ScaleAndShift(node, map, hasShift: true);
    }

    /// <summary>From opset 17 on a layer norm of the last axis, to which the channels of a map are moved, as in torchvision; before, its arithmetic.</summary>
    internal static string LayerNorm(NodeExport node, LayerNorm op)
    {
        if (node.Opset < LayerNormOpset)
        {
            string centred = node.Step("Sub", [node.Input, node.Mean(node.Input, 1)]);
            string variance = node.Mean(node.Step("Mul", [centred, centred]), 1);
            string deviation = node.Step("Sqrt", [node.Step("Add", [variance, node.Number(op.Epsilon)])]);
            return ScaleAndShift(node, node.Step("Div", [centred, deviation]), hasShift: true);
        }

        if (node.InputShape.Rank == 1)
        {
            return node.Result("LayerNormalization", [node.Input, .. node.Parameters], Integer("axis", -1), Number("epsilon", op.Epsilon));
        }

        string last = node.Step("Transpose", [node.Input], Integers("perm", 0, 2, 3, 1));
        string normalized = node.Step("LayerNormalization", [last, .. node.Parameters], Integer("axis", -1), Number("epsilon", op.Epsilon));
        return node.Result("Transpose", [normalized], Integers("perm", 0, 3, 1, 2));
    }

    /// <summary>Runtimes refuse α and β of 0, with which it is a division by k to the power β.</summary>
    internal static string LocalResponseNorm(NodeExport node, LocalResponseNorm op) => op.Alpha == 0 || op.Beta == 0
        ? node.Result("Div", [node.Input, node.Number(Math.Pow(op.K, op.Beta))])
        : node.Result("LRN", [node.Input], Integer("size", op.Size), Number("alpha", op.Alpha), Number("beta", op.Beta), Number("bias", op.K));

    /// <summary>The node's weight and bias of each channel, applied to a value of the node's shape.</summary>
    internal static string ScaleAndShift(NodeExport node, string value, bool hasShift)
    {
        string[] factors = [value, node.ChannelParameter("weight")];
        return hasShift ? node.Result("Add", [node.Step("Mul", factors), node.ChannelParameter("bias")]) : node.Result("Mul", factors);
    }

    private static string Filled(NodeExport node, string role, int count, float value)
    {
        float[] values = new float[count];
        Array.Fill(values, value);
        return node.Constant(role, Tensor.From([count], values));
    }
}
