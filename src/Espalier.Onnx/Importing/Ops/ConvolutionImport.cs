using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Imports convolutions and padding.</summary>
internal static class ConvolutionImport
{
    /// <summary>Conv, and FusedConv of ONNX Runtime's optimizer: a convolution, a sum and an activation in one.</summary>
    internal static Operand Convolve(ImportState state, OnnxNode node)
    {
        Constant weight = state.RequiredConstant(node, 1);
        if (weight.Shape.Rank == 3 && state.Value(node, 0) is { View.Rank: 3 } sequence && sequence.View.Dims[1].IsEmpty)
        {
            return AlongChannels(state, node, sequence, weight);
        }

        if (weight.Shape.Rank != 4)
        {
            throw new UnsupportedNodeException($"it convolves {weight.Shape.Rank - 2} axes (a weight of {weight.Shape}); convolutions of 2 axes are taken");
        }

        DraftNode map = ValueNodes.Map(state, node, state.Value(node, 0));
        var kernel = new Size(weight.Shape[2], weight.Shape[3]);
        if (WindowAttributes.Pair(node, "kernel_shape") is Size given && given != kernel)
        {
            throw new UnsupportedNodeException($"its kernel_shape {given} is not that of its weight of {weight.Shape}");
        }

        Window window = WindowAttributes.Read(node, kernel, new Size(map.Shape[1], map.Shape[2]));
        (map, Padding around) = WithoutPad(state, node, map);
        long groups = node.Int("group", 1);
        if (groups < 1 || groups * weight.Shape[1] != map.Shape[0])
        {
            throw new UnsupportedNodeException($"its weight of {weight.Shape} in {groups} groups is not for {map.Shape[0]} channels");
        }

        Constant? bias = state.Constant(node, 2);
        var op = new Conv2d(map.Shape[0], weight.Shape[0], kernel)
        {
            Stride = window.Stride,
            Dilation = window.Dilation,
            Padding = window.Padding + around,
            Groups = (int)groups,
            Bias = bias is not null,
        };
        DraftNode conv = NodeParameters.Attach(state.Draft.Add(node, op, map), ("weight", weight), ("bias", bias));
        return node.Op == "FusedConv" ? Fused(state, node, conv) : state.Result(node, conv, AxisView.Natural(conv.Shape));
    }

    /// <summary>Pad: zeros or other constants, reflected or repeated pixels around a map, or channels of zeros.</summary>
    internal static Operand Pad(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        long[] pads = Pads(state, node, value.View.Rank);
        if (pads.All(pad => pad == 0))
        {
            return state.Alias(node, value, value.View);
        }

        DraftNode found = ValueNodes.Node(state, value.Expression);
        var sides = new long[6]; // channels, rows and columns before; after
        for (int dim = 0; dim < value.View.Rank; dim++)
        {
            (long before, long after) = (pads[dim], pads[dim + value.View.Rank]);
            int axis = AxisOf(value.View, dim, found.Shape);
            if ((before, after) != (0, 0) && (axis < 0 || Math.Min(before, after) < 0 || Math.Max(before, after) > int.MaxValue))
            {
                throw new UnsupportedNodeException($"it pads axis {dim} of a tensor of {value.View} by {before} and {after}");
            }

            if (axis >= 0)
            {
                (sides[axis], sides[axis + 3]) = (before, after);
            }
        }

        double fill = node.Float("value", 0);
        fill = state.Constant(node, 2) is Constant constant ? constant.Scalar ?? throw new UnsupportedNodeException("it pads with more than one value") : fill;
        DraftNode padded = Surround(state, node, found, sides, node.Text("mode", "constant"), fill);
        AxisView view = Resized(value.View, found.Shape, padded.Shape);
        return state.Result(node, padded, view);
    }

    /// <summary>A view after the extents of the sample changed: its whole axes.</summary>
    internal static AxisView Resized(AxisView view, Shape before, Shape after) =>
        new([.. Enumerable.Range(0, view.Rank).Select(dim =>
            AxisOf(view, dim, before) is int axis and >= 0 ? AxisView.Whole(axis, after[axis]) : view.Dims[dim])]);

    /// <summary>The axis of the sample that an axis of the view is, or −1. One of a single position is known only if the others are in their order.</summary>
    private static int AxisOf(AxisView view, int dim, Shape sample) =>
        view.Equals(AxisView.Natural(sample)) ? dim - 1 : Enumerable.Range(0, sample.Rank).FirstOrDefault(axis => view.Dims[dim].Length > 0 && view.IsWhole(dim, axis, sample), -1);

    private static DraftNode Surround(ImportState state, OnnxNode node, DraftNode value, long[] sides, string mode, double fill)
    {
        if ((sides[0], sides[3]) != (0, 0))
        {
            value = mode == "constant" && fill == 0
                ? state.Draft.Add(node, new PadChannels((int)sides[0], (int)sides[3]), value)
                : throw new UnsupportedNodeException("it adds channels that are not zero");
        }

        var padding = new Padding((int)sides[1], (int)sides[2], (int)sides[4], (int)sides[5]);
        if (padding.IsNone)
        {
            return value;
        }

        if (mode != "constant")
        {
            PaddingMode repeated = mode switch
            {
                "reflect" => PaddingMode.Reflect,
                "edge" => PaddingMode.Replicate,
                _ => throw new UnsupportedNodeException($"it pads by mode '{OnnxFile.Shown(mode)}'"),
            };
            return state.Draft.Add(node, new Pad(value.Shape[0], padding) { Mode = repeated }, value);
        }

        if (fill == 0)
        {
            return state.Draft.Add(node, new Pad(value.Shape[0], padding) { Mode = PaddingMode.Zero }, value);
        }

        DraftNode padded = state.Draft.Add(node, new Pad(value.Shape[0], padding), value);
        float[] fills = Array.ConvertAll(state.PerChannel(value, fill), number => (float)number);
        padded.Values["value"] = Tensor.From<float>([fills.Length], fills);
        return padded;
    }

    private static long[] Pads(ImportState state, OnnxNode node, int rank)
    {
        long[] given = node.Ints("pads") ?? Array.ConvertAll(state.RequiredConstant(node, 1).Elements, pad => pad.IsBatch ? throw new UnsupportedNodeException("it pads by the batch size") : (long)pad.Value);
        int[] axes = state.Constant(node, 3) is Constant some ? Array.ConvertAll(some.Elements, axis => ConstantFolding.Axis((long)axis.Value, rank)) : [.. Enumerable.Range(0, rank)];
        if (given.Length != 2 * axes.Length)
        {
            throw new UnsupportedNodeException($"it has {given.Length} pads for {axes.Length} axes");
        }

        var pads = new long[2 * rank];
        for (int i = 0; i < axes.Length; i++)
        {
            (pads[axes[i]], pads[axes[i] + rank]) = (given[i], given[i + axes.Length]);
        }

        return pads;
    }

    /// <summary>The map before a padding with zeros that only this node reads, and that padding.</summary>
    internal static (DraftNode Map, Padding Padding) WithoutPad(ImportState state, OnnxNode node, DraftNode map) =>
        map is { Op: Pad { Mode: PaddingMode.Zero } pad } && state.Value(node, 0) is { IsSole: true, Expression.Leaf: not null }
            ? (map.Inputs[0], pad.Padding)
            : (map, Padding.None);

    /// <summary>A convolution of one axis whose positions are the channels of one pixel, as in ECA-Net.</summary>
    private static ValueOperand AlongChannels(ImportState state, OnnxNode node, ValueOperand sequence, Constant weight)
    {
        DraftNode found = ValueNodes.Node(state, sequence.Expression);
        int kernel = weight.Shape[2];
        bool keepsLength = node.Ints("pads") is [long before, long after] && before == after && before == kernel / 2 && kernel % 2 == 1;
        bool isPlain = node.Ints("strides") is null or [1] && node.Ints("dilations") is null or [1] && node.Int("group", 1) == 1 && !node.HasInput(2);
        if (!sequence.View.IsWhole(2, 0, found.Shape) || weight.Shape.Count != kernel || !keepsLength || !isPlain)
        {
            throw new UnsupportedNodeException($"it convolves one axis (a weight of {weight.Shape}); of these, only the one along the channels that keeps their number and has no bias is taken");
        }

        DraftNode conv = NodeParameters.Attach(state.Draft.Add(node, new ChannelConv1d(kernel), found), ("weight", weight));
        return state.Result(node, conv, sequence.View);
    }

    private static ValueOperand Fused(ImportState state, OnnxNode node, DraftNode conv)
    {
        if (node.HasInput(3))
        {
            conv = state.Draft.Add(node, new Add(), conv, ValueNodes.Map(state, node, state.Value(node, 3)));
        }

        return FusedActivation.Apply(state, node, conv, AxisView.Natural(conv.Shape), node.Floats("activation_params") ?? []);
    }
}
