using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The number of input pixels that one pixel of a feature map depends on, and the distance in the input between neighbouring pixels.</summary>
/// <remarks>RF(l+1) = RF(l) + (k − 1)·dilation·S(l) and S(l+1) = S(l)·stride (Araujo 2019, "Computing receptive fields of convolutional neural networks").</remarks>
/// <param name="Field">Height and width; padding counts, so it can exceed the input. At most 2³¹−1.</param>
/// <param name="Stride">The effective stride, S.</param>
public readonly record struct ReceptiveField(Size Field, Size Stride)
{
    /// <summary>The receptive field of an input pixel: itself.</summary>
    public static ReceptiveField Pixel { get; } = new(1, 1);

    /// <summary>The receptive fields of all nodes of a graph, by name.</summary>
    public static IReadOnlyDictionary<string, ReceptiveField> Of(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var fields = new Dictionary<string, ReceptiveField>(StringComparer.Ordinal);
        foreach (Node node in graph.Nodes)
        {
            ReceptiveField seen = node.Inputs.Count == 0 ? Pixel : node.Inputs.Select(input => fields[input]).Aggregate(Union);
            fields[node.Name] = seen.Through(node.Op, node.Inputs.Count == 0 ? default : FeatureMap.Of(graph.ShapeOf(node.Inputs[0])));
        }

        return fields;
    }

    private static ReceptiveField Union(ReceptiveField a, ReceptiveField b) => new(Max(a.Field, b.Field), Max(a.Stride, b.Stride));

    private static Size Max(Size a, Size b) => new(Math.Max(a.Height, b.Height), Math.Max(a.Width, b.Width));

    private ReceptiveField Through(Op op, FeatureMap map) => op.Type switch
    {
        OpType.Conv2d => Through(((Conv2d)op).Window),
        OpType.MaxPool => Through(((MaxPool)op).Window),
        OpType.AveragePool => Through(((AveragePool)op).Window),
        OpType.AdaptiveAveragePool => Through(Cells(map, ((AdaptiveAveragePool)op).Output)),
        OpType.AdaptiveMaxPool => Through(Cells(map, ((AdaptiveMaxPool)op).Output)),
        OpType.BlurPool => Through(BlurPool.Window),
        OpType.GroupNorm or OpType.Flatten => Through(new Window(map.Size)), // each number depends on the whole map
        OpType.LayerNorm or OpType.LocalResponseNorm or OpType.Affine => this, // the channels of one pixel
        OpType.Input or OpType.Linear or OpType.BatchNorm or OpType.Quantize or OpType.Activation or OpType.Softmax or OpType.Add or OpType.Multiply or OpType.Concat or OpType.StochasticDepth
            or OpType.ChannelConv1d or OpType.PRelu or OpType.RadixSoftmax or OpType.Dropout or OpType.Pad or OpType.PadChannels or OpType.ChannelSlice or OpType.ChannelShuffle => this,
    };

    private static Window Cells(FeatureMap map, Size output) => new(Cell(map, output)) { Stride = Cell(map, output) };

    private static Size Cell(FeatureMap map, Size output) => new(
        (map.Height + output.Height - 1) / output.Height,
        (map.Width + output.Width - 1) / output.Width);

    private ReceptiveField Through(Window window) => new(
        new Size(
            Reach(Field.Height, Stride.Height, window.Kernel.Height, window.Dilation.Height),
            Reach(Field.Width, Stride.Width, window.Kernel.Width, window.Dilation.Width)),
        new Size(Saturate((Int128)Stride.Height * window.Stride.Height), Saturate((Int128)Stride.Width * window.Stride.Width)));

    private static int Reach(int field, int stride, int kernel, int dilation) =>
        Saturate(field + ((Int128)(kernel - 1) * dilation * stride));

    // Strides multiply along a path, so an unusual but valid network can exceed any integer.
    private static int Saturate(Int128 pixels) => int.CreateSaturating(pixels);
}
