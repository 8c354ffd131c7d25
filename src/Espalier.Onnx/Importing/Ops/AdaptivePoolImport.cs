using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Imports adaptive pools to more than one pixel, as <see cref="PoolExport"/> spells them out where their parts are of different sizes.</summary>
internal static class AdaptivePoolImport
{
    /// <summary>A MatMul of a map with the means of parts of its rows (on the left) or columns (on the right).</summary>
    /// <returns><see langword="null"/> for another product.</returns>
    internal static Operand? Means(ImportState state, OnnxNode node)
    {
        (ValueOperand? value, Constant? matrix, bool isOfRows) = (state.Operand(node, 0), state.Operand(node, 1)) switch
        {
            (ConstantOperand left, ValueOperand right) => (right, left.Constant, true),
            (ValueOperand left, ConstantOperand right) => (left, right.Constant, false),
            _ => default,
        };
        if (value is null || matrix?.Shape.Rank != 2 || MapOf(state, value) is not DraftNode map)
        {
            return null;
        }

        int axis = isOfRows ? 1 : 2;
        var parts = new AdaptiveParts(matrix.Shape[isOfRows ? 1 : 0], matrix.Shape[isOfRows ? 0 : 1]);
        if (parts.Inputs != map.Shape[axis])
        {
            return null;
        }

        state.Charge(matrix.Count);
        if (!IsNear(matrix, parts.Means(isOfRows)))
        {
            return null;
        }

        // The means of columns, then those of rows: one pool.
        bool isSecond = value is { IsSole: true, Expression.Leaf: not null } && map.Op is AdaptiveAveragePool && map.Inputs[0].Shape[axis] == map.Shape[axis];
        Size output = isOfRows ? new Size(parts.Outputs, map.Shape[2]) : new Size(map.Shape[1], parts.Outputs);
        return PoolImport.Natural(state, node, new AdaptiveAveragePool(output), isSecond ? map.Inputs[0] : map);
    }

    /// <summary>A Gather of rows or columns of a map.</summary>
    /// <returns><see langword="null"/> for another Gather.</returns>
    internal static GatheredOperand? Gather(ImportState state, OnnxNode node)
    {
        GatheredOperand? before = state.Operand(node, 0) as GatheredOperand;
        if ((before?.Source ?? state.Operand(node, 0) as ValueOperand) is not ValueOperand value || state.Operand(node, 1) is not ConstantOperand { Constant: { Shape.Rank: 1 } indices }
            || MapOf(state, value) is not DraftNode map)
        {
            return null;
        }

        int axis = ConstantFolding.Axis(node.Int("axis", 0), 4);
        if (axis < 2 || indices.Count < 2 || (axis == 2 ? before?.Rows : before?.Columns) is not null || Positions(indices, map.Shape[axis - 1]) is not long[] positions)
        {
            return null;
        }

        before ??= new GatheredOperand(value, null, null);
        return axis == 2 ? before with { Rows = positions } : before with { Columns = positions };
    }

    /// <summary>A MaxPool over the parts of rows and columns that a Gather has put one after the other.</summary>
    /// <exception cref="UnsupportedNodeException">They are not the parts of an adaptive pool.</exception>
    internal static Operand Maxima(ImportState state, OnnxNode node, GatheredOperand parts)
    {
        PoolImport.RequireOneOutput(node);
        DraftNode map = ValueNodes.Map(state, node, parts.Source);
        (int height, int width) = (map.Shape[1], map.Shape[2]);
        Window window = PoolImport.WindowOf(node, new Size(parts.Rows?.Length ?? height, parts.Columns?.Length ?? width));
        bool areBlocks = window.Stride == window.Kernel && window.Padding.IsNone && window.Dilation == 1;
        return areBlocks && Outputs(parts.Rows, height, window.Kernel.Height) is int rows && Outputs(parts.Columns, width, window.Kernel.Width) is int columns
            ? PoolImport.Natural(state, node, new AdaptiveMaxPool(new Size(rows, columns)), map)
            : throw new UnsupportedNodeException("it takes maxima over gathered rows or columns, which are not the parts of an adaptive pool");
    }

    private static DraftNode? MapOf(ImportState state, ValueOperand value)
    {
        if (value.View.Rank != 4)
        {
            return null;
        }

        DraftNode found = ValueNodes.Node(state, value.Expression);
        return found.Shape.Rank == 3 && value.View.Equals(AxisView.Natural(found.Shape)) ? found : null;
    }

    private static bool IsNear(Constant matrix, Tensor expected)
    {
        ReadOnlySpan<float> weights = expected.Read<float>();
        Element[] elements = matrix.Elements;
        for (int i = 0; i < elements.Length; i++)
        {
            if (elements[i].IsBatch || !(Math.Abs(elements[i].Value - weights[i]) <= 1e-6))
            {
                return false;
            }
        }

        return true;
    }

    private static long[]? Positions(Constant indices, int extent)
    {
        long[] positions = new long[indices.Count];
        for (int i = 0; i < positions.Length; i++)
        {
            Element index = indices.Elements[i];
            if (index.IsBatch || index.Value < -extent || index.Value >= extent)
            {
                return null;
            }

            positions[i] = (long)index.Value + (index.Value < 0 ? extent : 0);
        }

        return positions;
    }

    /// <summary>The number of parts if runs of positions are those of an adaptive pool over an axis.</summary>
    private static int? Outputs(long[]? positions, int inputs, int run)
    {
        int count = positions?.Length ?? inputs;
        if (count % run != 0)
        {
            return null;
        }

        var parts = new AdaptiveParts(inputs, count / run);
        for (int i = 0; i < parts.Outputs; i++)
        {
            (int first, int end) = parts[i];
            IEnumerable<long> read = positions is null ? Enumerable.Range(i * run, run).Select(at => (long)at) : positions.Skip(i * run).Take(run);
            if (!read.Distinct().Order().SequenceEqual(Enumerable.Range(first, end - first).Select(at => (long)at)))
            {
                return null;
            }
        }

        return parts.Outputs;
    }
}
