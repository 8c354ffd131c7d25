using Espalier.Onnx.Proto;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Computes nodes whose inputs are all constants: extents that a graph computes of shapes, and weights that it computes of others.</summary>
internal static class ConstantFolding
{
    /// <summary>The outputs of a node of constants.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">Its inputs; an absent optional one is <see langword="null"/>.</param>
    /// <param name="file">The file.</param>
    /// <param name="budget">The number of elements that may still be computed for the whole file; reduced.</param>
    /// <exception cref="UnsupportedNodeException">The op is none of those that are computed, or its inputs are not as it demands.</exception>
    internal static Constant[] Fold(OnnxNode node, IReadOnlyList<Constant?> inputs, OnnxFile file, ref long budget)
    {
        if (node.Op is "Split")
        {
            Charge(Required(inputs, 0).Count, ref budget);
            return Split(node, Required(inputs, 0), inputs.ElementAtOrDefault(1));
        }

        Constant result = One(node, inputs, file, ref budget) ?? throw new UnsupportedNodeException("its constants depend on the batch size, or do not fit each other");
        Charge(result.Count, ref budget);
        return [result];
    }

    private static Constant? One(OnnxNode node, IReadOnlyList<Constant?> inputs, OnnxFile file, ref long budget)
    {
        Constant x = inputs.Count > 0 ? Required(inputs, 0) : Constant.Vector();
        switch (node.Op)
        {
            case "Identity" or "CastLike":
                return x;
            case "Cast":
                return Cast(node, x);
            case "Shape":
                return Range(Constant.Vector([.. x.Shape.Extents.Select(extent => new Element(extent))]), node);
            case "Size":
                return new Constant([], ConstantKind.Integer, [new Element(x.Count)]);
            case "Min" or "Max":
                return Extreme(node.Op, inputs, ref budget);
            case "Mod" when node.Int("fmod", 0) != 0:
                return Pairwise(ConstantArithmetic.Remainder, x, Required(inputs, 1), ref budget);
            case "Add" or "Sub" or "Mul" or "Div" or "Mod" or "Pow" or "Equal" or "Less" or "Greater" or "LessOrEqual" or "GreaterOrEqual" or "And" or "Or":
                return Pairwise(node.Op, x, Required(inputs, 1), ref budget);
            case "Where":
                return Where(x, Required(inputs, 1), Required(inputs, 2), ref budget);
            case "Gather":
                int gathered = Axis(node.Int("axis", 0), x.Shape.Rank);
                Charge((long)x.Count / Math.Max(1, x.Shape[gathered]) * Required(inputs, 1).Count, ref budget);
                return ConstantLayout.Gather(x, Required(inputs, 1), gathered);
            case "Concat":
                Constant[] parts = [.. inputs.Select((_, i) => Required(inputs, i))];
                Charge(parts.Sum(part => (long)part.Count), ref budget);
                return ConstantLayout.Concat(parts, Axis(node.Int("axis", 1), x.Shape.Rank));
            case "Unsqueeze":
                return x.Reshaped(Unsqueezed(x.Shape, Axes(node, inputs, 1) ?? throw new UnsupportedNodeException("it names no axes")));
            case "Squeeze":
                return x.Reshaped(Squeezed(x.Shape, Axes(node, inputs, 1)));
            case "Reshape":
                return x.Reshaped(Reshaped(x.Shape, node, Required(inputs, 1)));
            case "Flatten":
                int axis = Axis(node.Int("axis", 1), x.Shape.Rank + 1);
                return x.Reshaped([(int)Shape.Of(x.Shape.Extents.AsSpan()[..axis]).Count, (int)Shape.Of(x.Shape.Extents.AsSpan()[axis..]).Count]);
            case "Transpose":
                return ConstantLayout.Transpose(x, Order(node, x.Shape.Rank));
            case "Slice":
                return Slice(node, inputs, x, ref budget);
            case "Expand":
                return Expand(x, Required(inputs, 1), ref budget);
            case "ConstantOfShape":
                return Filled(node, x, file, ref budget);
            case "Range":
                return Sequence(x, Required(inputs, 1), Required(inputs, 2), ref budget);
            case "ReduceProd" or "ReduceSum" or "ReduceMean" or "ReduceMax" or "ReduceMin":
                Charge(x.Count, ref budget);
                return Reduced(node, inputs, x.Shape.Rank) is HashSet<int> axes ? Reduce(node, x, axes) : x;
            default:
                return ConstantArithmetic.Unary(node.Op) is not null ? ConstantArithmetic.Apply(node.Op, x) : throw new UnsupportedNodeException("of constants");
        }
    }

    /// <summary>The axes of an op, from its attribute or, in later operator sets, from its input.</summary>
    internal static int[]? Axes(OnnxNode node, IReadOnlyList<Constant?> inputs, int index) =>
        node.Ints("axes") is long[] given ? Array.ConvertAll(given, axis => (int)Math.Clamp(axis, int.MinValue, int.MaxValue))
        : index < inputs.Count && inputs[index] is Constant axes ? Array.ConvertAll(axes.Elements, axis => (int)axis.Value)
        : null;

    /// <summary>The axes that a node reduces: all, where it names none and its attribute does not say otherwise.</summary>
    /// <returns>The axes; <see langword="null"/> where it reduces none, so that its result is its input.</returns>
    internal static HashSet<int>? Reduced(OnnxNode node, IReadOnlyList<Constant?> inputs, int rank)
    {
        int[] axes = Axes(node, inputs, 1) ?? [];
        return axes.Length > 0 ? [.. axes.Select(axis => Axis(axis, rank))] : node.Int("noop_with_empty_axes", 0) == 0 ? [.. Enumerable.Range(0, rank)] : null;
    }

    /// <summary>An axis counted from the beginning.</summary>
    /// <exception cref="UnsupportedNodeException">There is no such axis.</exception>
    internal static int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw new UnsupportedNodeException($"its axis {axis} is none of {rank}");

    /// <summary>The permutation of a Transpose node: reversed by default.</summary>
    /// <exception cref="UnsupportedNodeException">It is no permutation of as many axes.</exception>
    internal static int[] Order(OnnxNode node, int rank)
    {
        long[] order = node.Ints("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(axis => (long)axis)];
        return order.Length == rank && order.Order().SequenceEqual(Enumerable.Range(0, rank).Select(axis => (long)axis))
            ? Array.ConvertAll(order, axis => (int)axis)
            : throw new UnsupportedNodeException($"[{string.Join(", ", order)}] is no order of {rank} axes");
    }

    /// <summary>First element, step and number of elements of a slice of an axis, by NumPy's rules.</summary>
    internal static (int Start, int Step, int Count) Cut(double start, double end, double step, int extent)
    {
        if (step == 0 || Math.Abs(step) > int.MaxValue || double.IsNaN(start + end + step))
        {
            throw new UnsupportedNodeException($"a slice has the step {step}");
        }

        (double low, double high) = step > 0 ? (0, extent) : (-1, extent - 1);
        double first = Math.Clamp(start < 0 ? start + extent : start, step > 0 ? 0 : -1, step > 0 ? extent : extent - 1);
        double last = Math.Clamp(end < 0 ? end + extent : end, low, high);
        return ((int)first, (int)step, (int)Math.Max(0, Math.Ceiling((last - first) / step)));
    }

    /// <summary>Counts elements against a budget.</summary>
    /// <exception cref="UnsupportedNodeException">It is used up.</exception>
    internal static void Charge(long count, ref long budget)
    {
        budget -= count;
        if (budget < 0)
        {
            throw new UnsupportedNodeException("the file computes more constants than the limit");
        }
    }

    private static Constant Required(IReadOnlyList<Constant?> inputs, int index) =>
        (index < inputs.Count ? inputs[index] : null) ?? throw new UnsupportedNodeException($"its input {index} is missing");

    private static Constant? Pairwise(string op, Constant a, Constant b, ref long budget)
    {
        Charge(ConstantArithmetic.Broadcast(a.Shape, b.Shape)?.Count ?? 0, ref budget);
        return ConstantArithmetic.Apply(op, a, b);
    }

    /// <summary>The smallest or largest of any number of constants, element by element.</summary>
    private static Constant? Extreme(string op, IReadOnlyList<Constant?> inputs, ref long budget)
    {
        Constant? result = Required(inputs, 0);
        for (int i = 1; i < inputs.Count && result is not null; i++)
        {
            result = Pairwise(op, result, Required(inputs, i), ref budget);
        }

        return result;
    }

    private static Constant? Where(Constant condition, Constant yes, Constant no, ref long budget)
    {
        Shape? both = ConstantArithmetic.Broadcast(yes.Shape, no.Shape);
        Charge(both is Shape shape ? ConstantArithmetic.Broadcast(condition.Shape, shape)?.Count ?? 0 : 0, ref budget);
        return ConstantArithmetic.Where(condition, yes, no);
    }

    private static Constant Cast(OnnxNode node, Constant x) => (TensorProto.Types.DataType)node.Int("to", 0) switch
    {
        TensorProto.Types.DataType.Float or TensorProto.Types.DataType.Double or TensorProto.Types.DataType.Float16 or TensorProto.Types.DataType.Bfloat16 =>
            x.Kind == ConstantKind.Real ? x : new Constant(x.Shape, ConstantKind.Real, x.Elements),
        TensorProto.Types.DataType.Bool => new Constant(x.Shape, ConstantKind.Boolean, Array.ConvertAll(x.Elements, element => new Element(element.Value == 0 ? 0 : 1))),
        _ => x.Kind == ConstantKind.Integer ? x : new Constant(x.Shape, ConstantKind.Integer, Array.ConvertAll(x.Elements, element => element with { Value = Math.Truncate(element.Value) })),
    };

    /// <summary>The part of a shape that a Shape node of operator set 15 selects.</summary>
    internal static Constant Range(Constant shape, OnnxNode node)
    {
        (int start, int step, int count) = Cut(node.Int("start", 0), node.Has("end") ? node.Int("end", 0) : double.PositiveInfinity, 1, shape.Count);
        return ConstantLayout.Slice(shape, 0, start, step, count);
    }

    private static Shape Unsqueezed(Shape shape, int[] axes)
    {
        int rank = shape.Rank + axes.Length;
        int[] sorted = [.. axes.Select(axis => Axis(axis, rank)).Distinct().Order()];
        var extents = new List<int>(shape.Extents);
        foreach (int axis in sorted)
        {
            extents.Insert(axis, 1);
        }

        return sorted.Length == axes.Length ? Shape.Of([.. extents]) : throw new UnsupportedNodeException("it names an axis twice");
    }

    private static Shape Squeezed(Shape shape, int[]? axes)
    {
        HashSet<int> gone = axes is null ? [.. Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] == 1)] : [.. axes.Select(axis => Axis(axis, shape.Rank))];
        return gone.All(axis => shape[axis] == 1)
            ? Shape.Of([.. shape.Extents.Where((_, axis) => !gone.Contains(axis))])
            : throw new UnsupportedNodeException($"an axis of {shape} to remove has more than one element");
    }

    private static Shape Reshaped(Shape shape, OnnxNode node, Constant target)
    {
        int open = -1;
        var extents = new int[target.Count];
        long known = 1;
        for (int i = 0; i < extents.Length; i++)
        {
            double extent = target.Elements[i].Value;
            if (target.Elements[i].IsBatch || !(extent >= -1 && extent <= int.MaxValue) || (extent == -1 && open >= 0))
            {
                throw new UnsupportedNodeException($"it shapes a constant to [{string.Join(", ", target.Elements)}]");
            }

            open = extent == -1 ? i : open;
            extents[i] = extent == 0 && node.Int("allowzero", 0) == 0 ? shape[Axis(i, shape.Rank)] : (int)Math.Max(1, extent);
            known = Math.Min(known * extents[i], int.MaxValue * 2L);
        }

        if (open >= 0)
        {
            extents[open] = known > 0 ? (int)(shape.Count / known) : 0;
            known *= extents[open];
        }

        return known == shape.Count ? Shape.Of(extents) : throw new UnsupportedNodeException($"a constant of {shape} does not have the shape [{string.Join(", ", target.Elements)}]");
    }

    private static Constant Slice(OnnxNode node, IReadOnlyList<Constant?> inputs, Constant x, ref long budget)
    {
        SliceRange[] ranges = SliceRange.Of(node, inputs, x.Shape.Rank);
        foreach (SliceRange range in ranges)
        {
            (int start, int step, int count) = Cut(range.Start, range.End, range.Step, x.Shape[range.Axis]);
            x = ConstantLayout.Slice(x, range.Axis, start, step, count);
            Charge(x.Count, ref budget);
        }

        return x;
    }

    private static Constant? Expand(Constant x, Constant target, ref long budget)
    {
        Shape? shape = ShapeOf(target) is Shape wanted ? ConstantArithmetic.Broadcast(x.Shape, wanted) : null;
        Charge(shape?.Count ?? 0, ref budget);
        return shape is Shape known ? ConstantLayout.Expand(x, known) : null;
    }

    private static Constant? Filled(OnnxNode node, Constant target, OnnxFile file, ref long budget)
    {
        if (ShapeOf(target) is not Shape shape)
        {
            return null;
        }

        Charge(shape.Count, ref budget);
        Constant value = node.Find("value")?.T is { } given ? Constant.Of(given, file) : new Constant([], ConstantKind.Real, [new Element(0)]);
        var elements = new Element[shape.Count];
        Array.Fill(elements, new Element(value.Scalar ?? throw new UnsupportedNodeException($"its value has the shape {value.Shape}, where one number is expected")));
        return new Constant(shape, value.Kind, elements);
    }

    private static Shape? ShapeOf(Constant target) =>
        target.Shape.Rank == 1 && target.Elements.All(element => !element.IsBatch && element.Value is >= 0 and <= int.MaxValue)
        && target.Elements.Aggregate(1.0, (product, element) => product * Math.Max(1, element.Value)) <= int.MaxValue
            ? Shape.Of([.. target.Elements.Select(element => (int)element.Value)])
            : null;

    private static Constant? Sequence(Constant start, Constant limit, Constant step, ref long budget)
    {
        if (start.Scalar is not double first || limit.Scalar is not double last || step.Scalar is not double by || by == 0)
        {
            return null;
        }

        double count = Math.Max(0, Math.Ceiling((last - first) / by));
        Charge((long)Math.Min(count, int.MaxValue), ref budget);
        return new Constant([(int)count], start.Kind, [.. Enumerable.Range(0, (int)count).Select(i => new Element(first + (i * by)))]);
    }

    private static Constant? Reduce(OnnxNode node, Constant x, HashSet<int> axes)
    {
        Shape kept = Shape.Of([.. x.Shape.Extents.Select((extent, axis) => axes.Contains(axis) ? 1 : extent)]);
        int[] target = ConstantArithmetic.Sources(kept, x.Shape);
        var sums = new Element?[kept.Count];
        for (int i = 0; i < x.Count; i++)
        {
            Element next = x.Elements[i];
            Element? sum = sums[target[i]];
            if (sum is { } before && (before.IsBatch || next.IsBatch) && (node.Op != "ReduceProd" || (before.IsBatch && next.IsBatch)))
            {
                return null;
            }

            sums[target[i]] = sum is not { } known ? next : new Element(Joined(node.Op, known.Value, next.Value), known.IsBatch || next.IsBatch);
        }

        double divisor = node.Op == "ReduceMean" ? (double)x.Count / Math.Max(1, kept.Count) : 1;
        Element[] elements = Array.ConvertAll(sums, sum => sum is { } known ? known with { Value = known.Value / divisor } : new Element(node.Op == "ReduceProd" ? 1 : 0));
        Shape shape = node.Int("keepdims", 1) != 0 ? kept : Shape.Of([.. x.Shape.Extents.Where((_, axis) => !axes.Contains(axis))]);
        return new Constant(shape, x.Kind, elements);
    }

    private static double Joined(string op, double a, double b) => op switch
    {
        "ReduceProd" => a * b,
        "ReduceMax" => Math.Max(a, b),
        "ReduceMin" => Math.Min(a, b),
        _ => a + b,
    };

    private static Constant[] Split(OnnxNode node, Constant x, Constant? sizes)
    {
        int axis = Axis(node.Int("axis", 0), x.Shape.Rank);
        int[] parts = SliceRange.Parts(node, sizes, x.Shape[axis]);
        var results = new Constant[parts.Length];
        int start = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            results[i] = ConstantLayout.Slice(x, axis, start, 1, parts[i]);
            start += parts[i];
        }

        return results;
    }
}
