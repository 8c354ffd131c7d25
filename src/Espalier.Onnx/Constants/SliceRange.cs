namespace Espalier.Onnx;

/// <summary>One axis of a Slice node.</summary>
internal readonly record struct SliceRange(int Axis, double Start, double End, double Step)
{
    /// <summary>The axes of a Slice node: attributes up to operator set 9, inputs from 10 on.</summary>
    /// <exception cref="UnsupportedNodeException">They are not known, or not one for each axis.</exception>
    internal static SliceRange[] Of(OnnxNode node, IReadOnlyList<Constant?> inputs, int rank)
    {
        double[] starts = Values(node, "starts", inputs, 1) ?? throw new UnsupportedNodeException("its bounds are not constants");
        double[] ends = Values(node, "ends", inputs, 2) ?? throw new UnsupportedNodeException("its bounds are not constants");
        double[] axes = Values(node, "axes", inputs, 3) ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (double)axis)];
        double[] steps = Values(node, "steps", inputs, 4) ?? [.. starts.Select(_ => 1.0)];
        return ends.Length == starts.Length && axes.Length == starts.Length && steps.Length == starts.Length
            ? [.. starts.Select((start, i) => new SliceRange(ConstantFolding.Axis((long)axes[i], rank), start, ends[i], steps[i]))]
            : throw new UnsupportedNodeException("it has bounds of different numbers of axes");
    }

    /// <summary>The sizes of the parts of a Split node: given, or equal but for the last.</summary>
    /// <exception cref="UnsupportedNodeException">They do not fill the axis.</exception>
    internal static int[] Parts(OnnxNode node, Constant? sizes, int extent)
    {
        int count = Math.Max(1, node.Outputs.Count);
        int each = (extent + count - 1) / count;
        double[] parts = sizes is not null ? Array.ConvertAll(sizes.Elements, size => size.Value)
            : node.Ints("split") is long[] given ? Array.ConvertAll(given, size => (double)size)
            : [.. Enumerable.Range(0, count).Select(i => (double)Math.Clamp(extent - (i * each), 0, each))];
        return parts.Length == count && parts.All(part => part is > 0 and <= int.MaxValue) && parts.Sum() == extent
            ? Array.ConvertAll(parts, part => (int)part)
            : throw new UnsupportedNodeException($"its {count} parts of [{string.Join(", ", parts)}] do not fill an axis of {extent}");
    }

    private static double[]? Values(OnnxNode node, string attribute, IReadOnlyList<Constant?> inputs, int index) =>
        node.Ints(attribute) is long[] given ? Array.ConvertAll(given, value => (double)value)
        : index < inputs.Count && inputs[index] is Constant input && !input.Elements.Any(element => element.IsBatch) ? Array.ConvertAll(input.Elements, element => element.Value)
        : null;
}
