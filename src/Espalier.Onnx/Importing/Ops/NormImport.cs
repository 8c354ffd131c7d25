using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Imports normalizations.</summary>
internal static class NormImport
{
    /// <summary>BatchNormalization with its running statistics.</summary>
    internal static Operand Batch(ImportState state, OnnxNode node)
    {
        if (node.Int("training_mode", 0) != 0 || node.Outputs.Skip(1).Any(output => output.Length > 0))
        {
            throw new UnsupportedNodeException("it normalizes by the statistics of the batch (training mode); export the network for inference");
        }

        if (node.Int("spatial", 1) == 0)
        {
            throw new UnsupportedNodeException("it has statistics for each pixel (spatial 0)");
        }

        ValueOperand value = state.Value(node, 0);
        DraftNode found = ValueNodes.Node(state, value.Expression);
        if (value.View.Rank < 2 || !value.View.IsWhole(1, 0, found.Shape))
        {
            throw new UnsupportedNodeException($"axis 1 of the tensor of {value.View} that it normalizes is not the channels");
        }

        var op = new BatchNorm(found.Shape[0], Rounded(node.Float("epsilon", 1e-5f)), Complement(node.Float("momentum", 0.9f)));
        DraftNode norm = NodeParameters.Attach(
            state.Draft.Add(node, op, found),
            ("weight", state.RequiredConstant(node, 1)),
            ("bias", state.RequiredConstant(node, 2)),
            ("running_mean", state.RequiredConstant(node, 3)),
            ("running_var", state.RequiredConstant(node, 4)));
        norm.Values["num_batches_tracked"] = Tensor.Zeros([], ElementType.Int64);
        return state.Result(node, norm, value.View);
    }

    /// <summary>InstanceNormalization: of each channel, or of each group where the channels were split.</summary>
    internal static Operand Instance(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        Operand result = Normalize(state, node, value, [.. Enumerable.Range(2, Math.Max(0, value.View.Rank - 2))], node.Float("epsilon", 1e-5f));
        return Scaled(state, node, (ValueOperand)result, axis: 1, 1, 2);
    }

    /// <summary>GroupNormalization: scale and bias of each group up to operator set 20, of each channel from 21 on.</summary>
    internal static Operand Group(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        DraftNode map = ValueNodes.Map(state, node, value);
        long groups = node.Int("num_groups", 0);
        if (groups < 1 || map.Shape[0] % groups != 0)
        {
            throw new UnsupportedNodeException($"its {groups} groups do not divide {map.Shape[0]} channels");
        }

        DraftNode norm = Plain(state, node, new GroupNorm((int)groups, map.Shape[0], Rounded(node.Float("epsilon", 1e-5f))), map);
        (norm.Values["weight"], norm.Values["bias"]) = (Spread(state.RequiredConstant(node, 1), map.Shape[0]), Spread(state.RequiredConstant(node, 2), map.Shape[0]));
        norm.Constants = [state.RequiredConstant(node, 1), state.RequiredConstant(node, 2)];
        return state.Result(node, norm, AxisView.Natural(norm.Shape));
    }

    /// <summary>LayerNormalization over the last axes.</summary>
    internal static Operand Layer(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        int first = ConstantFolding.Axis(node.Int("axis", -1), value.View.Rank);
        var result = (ValueOperand)Normalize(state, node, value, [.. Enumerable.Range(first, value.View.Rank - first)], node.Float("epsilon", 1e-5f));
        DraftNode norm = result.Expression.Leaf!;
        norm.Values["weight"] = Broadcast(state.RequiredConstant(node, 1), value.View, norm);
        norm.Values["bias"] = state.Constant(node, 2) is Constant bias ? Broadcast(bias, value.View, norm) : norm.Values["bias"];
        norm.Constants = [state.RequiredConstant(node, 1)];
        return result;
    }

    /// <summary>Normalization without scale and bias, as <see cref="NormPattern"/> recognizes it.</summary>
    internal static Operand SpelledOut(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        HashSet<int> dims = [.. node.Ints("axes")!.Select(axis => ConstantFolding.Axis(axis, value.View.Rank))];
        return Normalize(state, node, value, dims, node.Float("epsilon", 0));
    }

    /// <summary>PRelu with a slope for each channel, or one for all.</summary>
    internal static Operand ParametricRelu(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        Constant slopes = state.RequiredConstant(node, 1);
        DraftNode found = ValueNodes.Node(state, value.Expression);
        double[]? values = slopes.Count == 1 ? [slopes.Elements[0].Value] : ChannelScaling.PerChannel(slopes, value.View, found.Shape[0]);
        if (values is null)
        {
            throw new UnsupportedNodeException($"its slopes of {slopes.Shape} are not one for each channel");
        }

        DraftNode result = state.Draft.Add(node, new PRelu(values.Length), found);
        if (values.SequenceEqual(slopes.Elements.Select(slope => slope.Value)))
        {
            return state.Result(node, NodeParameters.Attach(result, ("weight", slopes)), value.View);
        }

        state.Charge(values.Length);
        result.Values["weight"] = Tensor.From<float>([values.Length], Array.ConvertAll(values, slope => (float)slope));
        result.Constants = [slopes];
        return state.Result(node, result, value.View);
    }

    /// <summary>LRN: normalization of each pixel over neighbouring channels.</summary>
    internal static Operand LocalResponse(ImportState state, OnnxNode node)
    {
        DraftNode map = ValueNodes.Map(state, node, state.Value(node, 0));
        var op = new LocalResponseNorm((int)Math.Clamp(node.Int("size", 0), 0, int.MaxValue), Rounded(node.Float("alpha", 1e-4f)), Rounded(node.Float("beta", 0.75f)), Rounded(node.Float("bias", 1)));
        return PoolImport.Natural(state, node, op, map);
    }

    private static Operand Normalize(ImportState state, OnnxNode node, ValueOperand value, HashSet<int> dims, double epsilon)
    {
        DraftNode found = ValueNodes.Node(state, value.Expression);
        Shape shape = found.Shape;
        HashSet<AxisPart> parts = [.. AxisView.Joined(dims.Order().Select(dim => value.View.Dims[dim]))];
        HashSet<AxisPart> pixels = shape.Rank == 1 ? [] : [.. AxisView.Natural(shape).Dims[2..].SelectMany(dim => dim)];
        AxisPart? channels = parts.Where(part => part.Axis == 0).Select(part => (AxisPart?)part).FirstOrDefault();
        bool isOneRun = parts.Count(part => part.Axis == 0) <= 1 && channels is null or { Stride: 1 } && !parts.Any(part => part.IsBatch);
        int size = channels?.Extent ?? 1;
        bool hasPixels = parts.Any(part => part.Axis > 0);
        double rounded = Rounded(epsilon);
        if (isOneRun && !hasPixels && size == shape[0])
        {
            return state.Result(node, Plain(state, node, new LayerNorm(shape[0], rounded), found), value.View);
        }

        if (isOneRun && shape.Rank == 3 && parts.Where(part => part.Axis > 0).ToHashSet().SetEquals(pixels))
        {
            return state.Result(node, Plain(state, node, new GroupNorm(shape[0] / size, shape[0], rounded), found), value.View);
        }

        throw new UnsupportedNodeException($"it normalizes axes {string.Join(" and ", dims.Order())} of a tensor of {value.View}, which are neither the channels nor all pixels of groups of channels");
    }

    private static DraftNode Plain(ImportState state, OnnxNode node, Op op, DraftNode input)
    {
        DraftNode norm = state.Draft.Add(node, op, input);
        float[] ones = Array.ConvertAll(state.PerChannel(input, 1), one => (float)one);
        (norm.Values["weight"], norm.Values["bias"]) = (Tensor.From<float>([ones.Length], ones), Tensor.Zeros([ones.Length]));
        return norm;
    }

    /// <summary>The result with the scale and bias of an axis.</summary>
    private static ValueOperand Scaled(ImportState state, OnnxNode node, ValueOperand result, int axis, int scale, int bias)
    {
        DraftNode norm = result.Expression.Leaf!;
        int rest = result.View.Rank - axis - 1;
        norm.Values["weight"] = Broadcast(Trailing(state.RequiredConstant(node, scale), rest), result.View, norm);
        norm.Values["bias"] = Broadcast(Trailing(state.RequiredConstant(node, bias), rest), result.View, norm);
        norm.Constants = [state.RequiredConstant(node, scale)];
        return result;
    }

    private static Constant Trailing(Constant constant, int axes) => constant.Reshaped(Shape.Of([.. constant.Shape, .. Enumerable.Repeat(1, axes)]));

    private static Tensor Broadcast(Constant constant, AxisView view, DraftNode norm)
    {
        double[] values = ChannelScaling.PerChannel(constant, view, norm.Shape[0])
            ?? throw new UnsupportedNodeException($"its scale or bias of {constant.Shape} is not one number for each channel");
        return Tensor.From<float>([values.Length], Array.ConvertAll(values, value => (float)value));
    }

    private static Tensor Spread(Constant constant, int channels)
    {
        if (constant.Count == 0 || channels % constant.Count != 0)
        {
            throw new UnsupportedNodeException($"its scale or bias of {constant.Shape} is not for {channels} channels");
        }

        int each = channels / constant.Count;
        float[] values = [.. Enumerable.Range(0, channels).Select(channel => (float)constant.Elements[channel / each].Value)];
        return Tensor.From<float>([channels], values);
    }

    /// <summary>PyTorch's momentum, the share of the new batch, of ONNX's, the share of the old statistics: 0.1 of 0.9, not of the 32-bit number nearest to it.</summary>
    private static double Complement(double momentum) => momentum is >= 0 and <= 1 ? (double)(1 - (decimal)Rounded(momentum)) : double.NaN;

    /// <summary>A 32-bit number of the file as the shortest decimal that it is, such as 1e-5: the number that its author wrote.</summary>
    internal static double Rounded(double number) => double.Parse(((float)number).ToString("R", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
