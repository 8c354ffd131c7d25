using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Functions that move the elements of constants.</summary>
internal static class ConstantLayout
{
    /// <summary>For each element of a result, row by row, the index that its coordinates have under given strides.</summary>
    internal static int[] Indices(Shape result, ReadOnlySpan<int> strides, int start)
    {
        var indices = new int[result.Count];
        var at = new int[result.Rank];
        long index = start;
        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = (int)index;
            for (int axis = result.Rank - 1; axis >= 0; axis--)
            {
                index += strides[axis];
                if (++at[axis] < result[axis])
                {
                    break;
                }

                index -= (long)strides[axis] * at[axis];
                at[axis] = 0;
            }
        }

        return indices;
    }

    /// <summary>The distance between neighbours along each axis, in elements.</summary>
    internal static int[] Strides(Shape shape)
    {
        var strides = new int[shape.Rank];
        int stride = 1;
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= shape[i];
        }

        return strides;
    }

    /// <summary>Permutes the axes.</summary>
    internal static Constant Transpose(Constant x, int[] order)
    {
        if (x.Kind == ConstantKind.Real && order is [1, 0])
        {
            return x.Transposed();
        }

        int[] strides = Strides(x.Shape);
        Shape shape = Shape.Of([.. order.Select(axis => x.Shape[axis])]);
        return Pick(x, shape, Indices(shape, Array.ConvertAll(order, axis => strides[axis]), 0));
    }

    /// <summary>Repeats the elements along axes of one element.</summary>
    internal static Constant Expand(Constant x, Shape shape) => Pick(x, shape, ConstantArithmetic.Sources(x.Shape, shape));

    /// <summary>A part of an axis: <paramref name="count"/> elements from <paramref name="start"/> on, <paramref name="step"/> apart.</summary>
    internal static Constant Slice(Constant x, int axis, int start, int step, int count)
    {
        int[] strides = Strides(x.Shape);
        int first = count == 0 ? 0 : start * strides[axis];
        strides[axis] *= step;
        Shape shape = With(x.Shape, axis, count);
        return Pick(x, shape, Indices(shape, strides, first));
    }

    /// <summary>Elements of an axis by index; the indices' shape takes the place of the axis.</summary>
    /// <exception cref="UnsupportedNodeException">An index is none.</exception>
    internal static Constant Gather(Constant x, Constant indices, int axis)
    {
        var extents = new List<int>(x.Shape.Extents);
        extents.RemoveAt(axis);
        extents.InsertRange(axis, indices.Shape.Extents);
        var shape = Shape.Of([.. extents]);
        int inner = (int)Shape.Of(x.Shape.Extents.AsSpan()[(axis + 1)..]).Count;
        int extent = x.Shape[axis];
        var sources = new int[shape.Count];
        for (int i = 0; i < sources.Length; i++)
        {
            Element chosen = indices.Elements[i / inner % indices.Count];
            double index = chosen.Value < 0 ? chosen.Value + extent : chosen.Value;
            if (chosen.IsBatch || !(index >= 0 && index < extent) || index != Math.Floor(index))
            {
                throw new UnsupportedNodeException($"the index {chosen} is none of an axis of {extent}");
            }

            sources[i] = (((i / inner / indices.Count * extent) + (int)index) * inner) + (i % inner);
        }

        return Pick(x, shape, sources);
    }

    /// <summary>Joins constants along an axis.</summary>
    internal static Constant Concat(IReadOnlyList<Constant> parts, int axis)
    {
        Shape first = parts[0].Shape;
        if (parts.Any(part => part.Shape.Rank != first.Rank || With(part.Shape, axis, 0) != With(first, axis, 0)))
        {
            throw new UnsupportedNodeException("the constants to concatenate have different shapes");
        }

        Shape shape = With(first, axis, parts.Sum(part => part.Shape[axis]));
        int outer = (int)Shape.Of(first.Extents.AsSpan()[..axis]).Count;
        var elements = new List<Element>((int)shape.Count);
        for (int i = 0; i < outer; i++)
        {
            foreach (Constant part in parts)
            {
                int run = part.Count / Math.Max(1, outer);
                elements.AddRange(part.Elements.AsSpan(i * run, run));
            }
        }

        return new Constant(shape, parts[0].Kind, [.. elements]);
    }

    /// <summary>A shape with another extent at an axis.</summary>
    internal static Shape With(Shape shape, int axis, int extent) => Shape.Of(shape.Extents.SetItem(axis, extent).AsSpan());

    private static Constant Pick(Constant x, Shape shape, int[] sources)
    {
        Element[] from = x.Elements;
        return new Constant(shape, x.Kind, Array.ConvertAll(sources, source => from[source]));
    }
}
