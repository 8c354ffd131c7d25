using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The rows, or the columns, of a node's map that a unit depends on: exactly those inside the map, and the first and last one with padding counted.</summary>
/// <remarks>A window reads the same rows in every column, so that rows and columns can be found apart: the rows of a union of regions are the union of their rows.</remarks>
internal sealed class AxisRegion
{
    // Strides multiply along a path, so an unusual but valid network can exceed any integer.
    private const long Most = 1L << 60;

    private readonly bool[] _inside;

    private AxisRegion(bool[] inside, Int128 first, Int128 last) =>
        (_inside, First, Last) = (inside, (long)Int128.Clamp(first, -Most, Most), (long)Int128.Clamp(last, -Most, Most));

    /// <summary>The first position, which may lie in the padding.</summary>
    internal long First { get; }

    /// <summary>The last position, which may lie in the padding.</summary>
    internal long Last { get; }

    /// <summary>The first and last position inside the map, or <see langword="null"/> for none.</summary>
    internal (int First, int Last)? Inside => Array.IndexOf(_inside, true) is >= 0 and int first ? (first, Array.LastIndexOf(_inside, true)) : null;

    /// <summary>A single position of an axis.</summary>
    internal static AxisRegion Unit(int position, int extent)
    {
        bool[] inside = new bool[extent];
        inside[position] = true;
        return new AxisRegion(inside, position, position);
    }

    /// <summary>The same without a position inside the map.</summary>
    internal AxisRegion InPadding() => new(new bool[_inside.Length], First, Last);

    /// <summary>The positions of both.</summary>
    internal AxisRegion Union(AxisRegion other) =>
        new([.. _inside.Zip(other._inside, (a, b) => a || b)], Math.Min(First, other.First), Math.Max(Last, other.Last));

    /// <summary>The positions of an input that these positions of an op's output are computed from.</summary>
    /// <param name="op">The op.</param>
    /// <param name="input">The input's extent.</param>
    /// <param name="output">The output's extent.</param>
    /// <param name="isRow">Whether the axis is that of rows.</param>
    internal AxisRegion Through(Op op, int input, int output, bool isRow) => op.Type switch
    {
        OpType.Conv2d => Through(((Conv2d)op).Window, input, isRow),
        OpType.MaxPool => Through(((MaxPool)op).Window, input, isRow),
        OpType.AveragePool => Through(((AveragePool)op).Window, input, isRow),
        OpType.BlurPool => Through(BlurPool.Window, input, isRow), // the reflected row lies in the same window
        OpType.AdaptiveAveragePool or OpType.AdaptiveMaxPool => Cells(input, output),
        OpType.Pad => Unpadded((Pad)op, input, isRow),
        OpType.GroupNorm or OpType.Flatten => Whole(input), // each value depends on the whole map
        OpType.Multiply => input == output ? this : Whole(input), // of one value per channel
        OpType.Input or OpType.Linear or OpType.BatchNorm or OpType.LayerNorm or OpType.LocalResponseNorm or OpType.Affine or OpType.Quantize or OpType.Activation or OpType.Softmax or OpType.Add
            or OpType.Concat or OpType.StochasticDepth or OpType.ChannelConv1d or OpType.PRelu or OpType.RadixSoftmax or OpType.Dropout or OpType.PadChannels or OpType.ChannelSlice
            or OpType.ChannelShuffle => this,
    };

    private AxisRegion Whole(int extent) => Marked(extent, Inside is null ? [] : Enumerable.Range(0, extent), 0, extent - 1);

    private AxisRegion Through(Window window, int input, bool isRow)
    {
        (int kernel, int stride, int dilation, int padding) = isRow
            ? (window.Kernel.Height, window.Stride.Height, window.Dilation.Height, window.Padding.Top)
            : (window.Kernel.Width, window.Stride.Width, window.Dilation.Width, window.Padding.Left);
        IEnumerable<int> read = Positions().SelectMany(position => Enumerable.Range(0, kernel).Select(k => ((long)position * stride) - padding + ((long)k * dilation))
            .Where(at => at >= 0 && at < input).Select(at => (int)at));
        return Marked(input, read, ((Int128)First * stride) - padding, ((Int128)Last * stride) - padding + ((Int128)(kernel - 1) * dilation));
    }

    private AxisRegion Cells(int input, int output)
    {
        int First(int cell) => (int)((long)cell * input / output);
        int After(int cell) => (int)((((cell + 1L) * input) + output - 1) / output);
        int[] cells = [.. Positions()];
        return cells.Length == 0 ? Marked(input, [], 0, input - 1) : Marked(input, cells.SelectMany(cell => Enumerable.Range(First(cell), After(cell) - First(cell))), First(cells[0]), After(cells[^1]) - 1);
    }

    private AxisRegion Unpadded(Pad op, int input, bool isRow)
    {
        int before = isRow ? op.Padding.Top : op.Padding.Left;
        IEnumerable<int> read = Positions().Select(position => position - before);
        return op.Mode.IsRepeated()
            ? Marked(input, read.Select(at => op.Mode.Source(at, input)), (Int128)First - before, (Int128)Last - before)
            : Marked(input, read.Where(at => at >= 0 && at < input), (Int128)First - before, (Int128)Last - before);
    }

    private IEnumerable<int> Positions() => Enumerable.Range(0, _inside.Length).Where(position => _inside[position]);

    private static AxisRegion Marked(int extent, IEnumerable<int> positions, Int128 first, Int128 last)
    {
        bool[] inside = new bool[extent];
        foreach (int position in positions)
        {
            inside[position] = true;
        }

        return new AxisRegion(inside, first, last);
    }
}
