using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Imports pools, and means over pixels.</summary>
internal static class PoolImport
{
    /// <summary>MaxPool: one output, floor or ceiling, padding that never wins.</summary>
    internal static Operand Max(ImportState state, OnnxNode node)
    {
        RequireOneOutput(node);
        DraftNode map = ValueNodes.Map(state, node, state.Value(node, 0));
        Window window = WindowOf(node, map);
        if (map is { Op: Pad { Mode: PaddingMode.Constant } pad } && state.Value(node, 0) is { IsSole: true, Expression.Leaf: not null } && map.Values["value"].Read<float>().IndexOfAnyExceptInRange(float.NegativeInfinity, -1e30f) < 0)
        {
            (map, window) = (map.Inputs[0], window with { Padding = window.Padding + pad.Padding });
        }

        window = Fitting(window, map);
        var op = new MaxPool(window.Kernel) { Stride = window.Stride, Padding = window.Padding, Dilation = window.Dilation, CeilMode = window.CeilMode };
        return Natural(state, node, op, map);
    }

    /// <summary>AveragePool, with the padding counted or not.</summary>
    internal static Operand Average(ImportState state, OnnxNode node)
    {
        DraftNode map = ValueNodes.Map(state, node, state.Value(node, 0));
        Window window = WindowOf(node, map);
        if (window.Dilation != 1)
        {
            throw new UnsupportedNodeException($"it averages with a dilation of {window.Dilation}");
        }

        bool isCounted = node.Int("count_include_pad", 0) != 0;
        if (!window.CeilMode && (isCounted || window.Padding.IsNone))
        {
            (DraftNode bare, Padding around) = ConvolutionImport.WithoutPad(state, node, map);
            Padding whole = window.Padding + around;
            if (!around.IsNone && Math.Max(whole.Top, whole.Bottom) <= window.Kernel.Height / 2 && Math.Max(whole.Left, whole.Right) <= window.Kernel.Width / 2)
            {
                (map, window, isCounted) = (bare, window with { Padding = whole }, true);
            }
        }

        window = isCounted ? window : Fitting(window, map);
        bool isPlain = window.Padding.IsNone; // the choice makes no difference, and PyTorch's default is the other
        var op = new AveragePool(window.Kernel) { Stride = window.Stride, Padding = window.Padding, CeilMode = window.CeilMode, CountIncludePad = isCounted || (isPlain && !window.CeilMode) };
        return Natural(state, node, op, map);
    }

    /// <summary>GlobalAveragePool: an adaptive pool to one pixel.</summary>
    internal static Operand GlobalAverage(ImportState state, OnnxNode node) => Natural(state, node, new AdaptiveAveragePool(1), ValueNodes.Map(state, node, state.Value(node, 0)));

    /// <summary>ReduceMean over all pixels.</summary>
    internal static Operand Mean(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        DraftNode found = ValueNodes.Node(state, value.Expression);
        (HashSet<int> dims, AxisView view) = Reduced(state, node, value.View);
        return CoversPixels(value.View, dims, found.Shape)
            ? state.Result(node, state.Draft.Add(node, new AdaptiveAveragePool(1), found), view)
            : throw new UnsupportedNodeException($"it averages a tensor of {value.View} over axes {string.Join(" and ", dims.Order())}, which are not height and width");
    }

    /// <summary>ReduceMax over all pixels.</summary>
    internal static Operand Maximum(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        DraftNode found = ValueNodes.Node(state, value.Expression);
        (HashSet<int> dims, AxisView view) = Reduced(state, node, value.View);
        return CoversPixels(value.View, dims, found.Shape)
            ? state.Result(node, state.Draft.Add(node, new AdaptiveMaxPool(1), found), view)
            : throw new UnsupportedNodeException($"it takes the maxima of a tensor of {value.View} over axes {string.Join(" and ", dims.Order())}, which are not height and width");
    }

    /// <summary>GlobalMaxPool: an adaptive pool to one pixel.</summary>
    internal static Operand GlobalMax(ImportState state, OnnxNode node) => Natural(state, node, new AdaptiveMaxPool(1), ValueNodes.Map(state, node, state.Value(node, 0)));

    /// <summary>The axes that a node reduces, and the view without their parts.</summary>
    internal static (HashSet<int> Dims, AxisView View) Reduced(ImportState state, OnnxNode node, AxisView view)
    {
        HashSet<int> dims = ConstantFolding.Reduced(node, state.Constants(node), view.Rank) ?? throw new UnsupportedNodeException("it reduces no axes");
        bool isKept = node.Int("keepdims", 1) != 0;
        AxisView emptied = new([.. view.Dims.Select((parts, dim) => dims.Contains(dim) ? [] : parts)]);
        return (dims, isKept ? emptied : new AxisView([.. emptied.Dims.Where((_, dim) => !dims.Contains(dim))]));
    }

    /// <summary>Whether the parts on some axes are all rows and columns of a map.</summary>
    internal static bool CoversPixels(AxisView view, HashSet<int> dims, Shape sample) =>
        sample.Rank == 3 && AxisView.Joined(dims.Order().Select(dim => view.Dims[dim])).ToHashSet().SetEquals(AxisView.Natural(sample).Dims[2..].SelectMany(dim => dim));

    /// <summary>Refuses a MaxPool with the positions of the maxima.</summary>
    internal static void RequireOneOutput(OnnxNode node)
    {
        if (node.Outputs.Count > 1 && node.Outputs[1].Length > 0)
        {
            throw new UnsupportedNodeException("its second output, the positions of the maxima, is none that an op here has");
        }
    }

    /// <summary>The window of a pool over a map of a size.</summary>
    internal static Window WindowOf(OnnxNode node, Size map) =>
        WindowAttributes.Read(node, WindowAttributes.Pair(node, "kernel_shape") ?? throw new UnsupportedNodeException("it has no kernel_shape"), map);

    /// <summary>The same windows where padding at an end exceeds half of one, which PyTorch's pools do not take: with that half, and rounded up.</summary>
    private static Window Fitting(Window window, DraftNode map)
    {
        Padding padding = window.Padding;
        Window fitting = window with
        {
            CeilMode = true,
            Padding = padding with { Bottom = Math.Min(padding.Bottom, window.Kernel.Height / 2), Right = Math.Min(padding.Right, window.Kernel.Width / 2) },
        };
        var size = new Size(map.Shape[1], map.Shape[2]);
        return fitting.Padding != padding && fitting.Output(size) == window.Output(size) ? fitting : window;
    }

    private static Window WindowOf(OnnxNode node, DraftNode map) => WindowOf(node, new Size(map.Shape[1], map.Shape[2]));

    /// <summary>An op of a map, whose result has the map's axes.</summary>
    internal static Operand Natural(ImportState state, OnnxNode node, Op op, DraftNode map)
    {
        DraftNode result = state.Draft.Add(node, op, map);
        return state.Result(node, result, AxisView.Natural(result.Shape));
    }
}
