using Espalier.Graphs;
using Espalier.Tensors;
using DataType = Espalier.Onnx.Proto.TensorProto.Types.DataType;

namespace Espalier.Onnx;

/// <summary>Imports ops that only change the view of a value, and those that take parts of it.</summary>
internal static class ShapeImport
{
    /// <summary>Identity, Cast and the like: the same value. Numbers are computed in 32 bits, whatever the file rounds to.</summary>
    internal static Operand Same(ImportState state, OnnxNode node)
    {
        var type = (DataType)node.Int("to", (int)DataType.Float);
        if (node.Op == "Cast" && type is not (DataType.Float or DataType.Double or DataType.Float16 or DataType.Bfloat16))
        {
            throw new UnsupportedNodeException($"it rounds a value of the network to {type}");
        }

        ValueOperand value = state.Value(node, 0);
        return state.Alias(node, value, value.View);
    }

    /// <summary>Dropout: kept, because it is the identity at inference and matters if the network is trained on.</summary>
    internal static Operand Dropout(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        double ratio = node.Float("ratio", 0.5);
        ratio = state.Constant(node, 1) is Constant given ? given.Scalar ?? 0.5 : ratio;
        if (state.Constant(node, 2)?.Scalar is not null and not 0)
        {
            throw new UnsupportedNodeException("it drops elements at inference (training_mode); export the network for inference");
        }

        if (node.Outputs.Skip(1).Any(output => output.Length > 0 && state.IsRead(output)))
        {
            throw new UnsupportedNodeException("its second output, the mask, is read");
        }

        return ratio == 0
            ? state.Alias(node, value, value.View)
            : state.Result(node, state.Draft.Add(node, new Dropout(NormImport.Rounded(ratio)), ValueNodes.Node(state, value.Expression)), value.View);
    }

    /// <summary>Shape: extents of which the batch size is left open.</summary>
    internal static Operand Shape(ImportState state, OnnxNode node) =>
        new ConstantOperand(ConstantFolding.Range(Constant.Vector(state.Value(node, 0).View.Extents()), node));

    /// <summary>Reshape, of a constant or as another view of a value.</summary>
    internal static Operand Reshape(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        Element[] target = [.. state.RequiredConstant(node, 1).Elements];
        Element[] extents = value.View.Extents();
        for (int i = 0; i < target.Length; i++)
        {
            bool isCopied = target[i] is { Value: 0, IsBatch: false } && node.Int("allowzero", 0) == 0 && i < extents.Length;
            target[i] = isCopied ? extents[i] : target[i];
            if (!(target[i].Value is -1 or (>= 1 and <= int.MaxValue)) || target[i].Value != Math.Floor(target[i].Value))
            {
                throw new UnsupportedNodeException($"it reshapes to [{string.Join(", ", target)}]");
            }
        }

        AxisView view = value.View.Reshape(target, state.BatchSize)
            ?? throw new UnsupportedNodeException($"it reshapes a tensor of {value.View} to [{string.Join(", ", target)}], which divides axes otherwise than channels, rows and columns allow");
        if (state.BatchSize is null && target.Length > 0 && target[0] is { Value: 1, IsBatch: false } && view.StartsWithBatch)
        {
            state.Note("The file computes one sample at a time; here any number.");
        }

        return Reviewed(state, node, value, view);
    }

    /// <summary>Flatten: two axes.</summary>
    internal static Operand Flatten(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        long axis = node.Int("axis", 1);
        int first = axis == value.View.Rank ? value.View.Rank : ConstantFolding.Axis(axis, value.View.Rank);
        return Reviewed(state, node, value, value.View.Flatten(first));
    }

    /// <summary>Transpose, of a constant or as another view of a value.</summary>
    internal static Operand Transpose(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        return state.Alias(node, value, value.View.Transpose(ConstantFolding.Order(node, value.View.Rank)));
    }

    /// <summary>Squeeze, of a constant or as another view of a value.</summary>
    internal static Operand Squeeze(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        return Reviewed(state, node, value, value.View.Squeeze(ConstantFolding.Axes(node, state.Constants(node), 1)));
    }

    /// <summary>Unsqueeze, of a constant or as another view of a value.</summary>
    internal static Operand Unsqueeze(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        int[] axes = ConstantFolding.Axes(node, state.Constants(node), 1) ?? throw new UnsupportedNodeException("it names no axes");
        return state.Alias(node, value, value.View.Unsqueeze(axes));
    }

    /// <summary>A value in another view; where that is a vector or a channel shuffle, by the op that stands for it.</summary>
    private static ValueOperand Reviewed(ImportState state, OnnxNode node, ValueOperand value, AxisView view)
    {
        DraftNode found = ValueNodes.Node(state, value.Expression);
        if (view.Rank == 2 && found.Shape.Rank == 3 && ValueNodes.IsVector(view, found.Shape))
        {
            DraftNode flat = state.Draft.Flatten(node, found);
            return state.Result(node, flat, AxisView.Natural(flat.Shape));
        }

        if (view.Rank == 4 && view.Dims[1].Length == 2)
        {
            DraftNode shuffled = ValueNodes.Map(state, node, value with { View = view });
            return state.Result(node, shuffled, AxisView.Natural(shuffled.Shape));
        }

        return state.Alias(node, value, view);
    }

    /// <summary>Expand to the shape that the value has.</summary>
    internal static Operand Expand(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        Element[] extents = value.View.Extents();
        Element[] target = state.RequiredConstant(node, 1).Elements;
        bool isSame = target.Length <= extents.Length && target.Reverse().Zip(extents.Reverse()).All(pair => pair.First == pair.Second || pair.First is { Value: 1, IsBatch: false });
        return isSame ? state.Alias(node, value, value.View) : throw new UnsupportedNodeException($"it expands a tensor of {value.View} to [{string.Join(", ", target)}]");
    }

    /// <summary>Concat of channels or features.</summary>
    internal static Operand Concat(ImportState state, OnnxNode node)
    {
        ValueOperand[] values = [.. node.Inputs.Select((_, i) => state.Value(node, i))];
        int axis = ConstantFolding.Axis(node.Int("axis", 1), values[0].View.Rank);
        DraftNode[] nodes = [.. values.Select(value => ValueNodes.Node(state, value.Expression))];
        for (int i = 0; i < values.Length; i++)
        {
            AxisView view = values[i].View;
            bool fits = view.Rank == values[0].View.Rank && view.IsWhole(axis, 0, nodes[i].Shape);
            if (!fits || !new AxisView(view.Dims.RemoveAt(axis)).Equals(new AxisView(values[0].View.Dims.RemoveAt(axis))))
            {
                throw new UnsupportedNodeException($"it concatenates tensors of {string.Join(" and ", values.Take(4).Select(value => value.View))} along axis {axis}, which is not the channels of all");
            }
        }

        if (nodes.Any(other => other.Shape.Rank != nodes[0].Shape.Rank))
        {
            nodes = Array.ConvertAll(nodes, other => state.Draft.Flatten(node, other));
        }

        DraftNode result = state.Draft.Add(node, new Concat(), nodes);
        return state.Result(node, result, new AxisView(values[0].View.Dims.SetItem(axis, AxisView.Whole(0, result.Shape[0]))));
    }

    /// <summary>Slice: consecutive channels, or every n-th row and column.</summary>
    internal static Operand Slice(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        foreach (SliceRange range in SliceRange.Of(node, state.Constants(node), value.View.Rank))
        {
            Element extent = value.View.Extents()[range.Axis];
            if (extent.IsBatch)
            {
                if (range is not { Start: 0, Step: 1 } || range.End < int.MaxValue)
                {
                    throw new UnsupportedNodeException("it takes a part of the batch");
                }

                continue;
            }

            (int start, int step, int count) = ConstantFolding.Cut(range.Start, range.End, range.Step, (int)extent.Value);
            value = Part(state, node, value, range.Axis, start, step, count);
        }

        return state.Alias(node, value, value.View);
    }

    /// <summary>Split into runs of channels.</summary>
    internal static Operand[] Split(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        int axis = ConstantFolding.Axis(node.Int("axis", 0), value.View.Rank);
        Element extent = value.View.Extents()[axis];
        int[] parts = extent.IsBatch ? throw new UnsupportedNodeException("it splits the batch") : SliceRange.Parts(node, state.Constant(node, 1), (int)extent.Value);
        var results = new Operand[parts.Length];
        int start = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            results[i] = Part(state, node, value, axis, start, 1, parts[i]);
            start += parts[i];
        }

        return results;
    }

    /// <summary>Gather of one channel group: an index on the slower part of split channels, or of a whole axis.</summary>
    internal static Operand Gather(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        int axis = ConstantFolding.Axis(node.Int("axis", 0), value.View.Rank);
        Constant indices = state.RequiredConstant(node, 1);
        Element extent = value.View.Extents()[axis];
        if (indices.Scalar is not double index || extent.IsBatch || indices.Shape.Rank > 1 || index < -extent.Value || index >= extent.Value)
        {
            throw new UnsupportedNodeException($"it gathers elements [{string.Join(", ", indices.Elements.Take(4))}] of axis {axis} of a tensor of {value.View}");
        }

        ValueOperand part = Part(state, node, value, axis, (int)(index < 0 ? index + extent.Value : index), 1, 1);
        return indices.Shape.Rank == 0 ? state.Alias(node, part, part.View.Squeeze([axis])) : part;
    }

    private static ValueOperand Part(ImportState state, OnnxNode node, ValueOperand value, int axis, int start, int step, int count)
    {
        int extent = (int)value.View.Extents()[axis].Value;
        if (start == 0 && step == 1 && count == extent)
        {
            return value with { IsSole = false };
        }

        DraftNode found = ValueNodes.Node(state, value.Expression);
        Shape shape = found.Shape;
        string what = $"it takes {count} positions from {start} on, {step} apart, of axis {axis} of a tensor of {value.View}";
        if (count > 0 && step == 1 && value.View.Dims[axis] is [{ Axis: 0 } part] && part.Stride * part.Extent == shape[0])
        {
            DraftNode slice = state.Draft.Add(node, new ChannelSlice(start * part.Stride, count * part.Stride), found);
            return state.Result(node, slice, new AxisView(value.View.Dims.SetItem(axis, count == 1 ? [] : [part with { Extent = count }]))) with { IsSole = false };
        }

        for (int pixels = 1; pixels < shape.Rank; pixels++)
        {
            if (start == 0 && step > 1 && value.View.IsWhole(axis, pixels, shape) && count == (extent + step - 1) / step)
            {
                // A 1x1 window with a stride selects every n-th pixel.
                Size stride = pixels == 1 ? new Size(step, 1) : new Size(1, step);
                bool isSecond = found.Op is AveragePool { Kernel: { Height: 1, Width: 1 }, Padding.IsNone: true } && value.Expression.Leaf is not null && value.IsSole;
                DraftNode pool = isSecond ? Widened(found, stride) : state.Draft.Add(node, new AveragePool(1) { Stride = stride }, found);
                return state.Result(node, pool, new AxisView(value.View.Dims.SetItem(axis, AxisView.Whole(pixels, pool.Shape[pixels]))));
            }
        }

        throw new UnsupportedNodeException(what);
    }

    private static DraftNode Widened(DraftNode node, Size stride)
    {
        var pool = (AveragePool)node.Op;
        NetworkDraft.Change(node, pool with { Stride = new Size(checked(pool.Stride.Height * stride.Height), checked(pool.Stride.Width * stride.Width)) }, node.Inputs);
        return node;
    }
}
