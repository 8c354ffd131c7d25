using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Measures the weights of a network, one layer at a time.</summary>
internal static class WeightMeasurement
{
    private const int Block = 4; // input channels that sparse kernels skip together

    /// <summary>See <see cref="ModelStatistics.MeasureWeights"/>.</summary>
    internal static NetworkWeights Measure(Model model, Model? before)
    {
        Node[] old = before is null ? [] : LayersOf(before);
        HashSet<string> known = [.. old.Select(layer => layer.Name)];
        Node[] layers = LayersOf(model);
        if (before is not null && !layers.Any(layer => known.Contains(layer.Name)))
        {
            throw new EspalierException($"none of the layers of the model before has the name of one of this model: it has {Names(old)}, this one {Names(layers)}");
        }

        return new NetworkWeights(
            [.. layers.Select(layer => Measure(model, layer) is var weights && known.Contains(layer.Name) ? weights with { Before = Compare(before!, model, layer.Name) } : weights)],
            [.. known.Except(layers.Select(layer => layer.Name)).Order(StringComparer.Ordinal)]);
    }

    /// <summary>The weight of a layer as the network computes with it.</summary>
    /// <exception cref="EspalierException">A weight is not finite.</exception>
    internal static float[] ValuesOf(Model model, Node layer)
    {
        Tensor weight = model.Value(layer, "weight");
        float[] values = new float[weight.Shape.Count];
        weight.To(ElementType.Float32).CopyTo<float>(values);
        int fault = NonFinite.IndexOf(values);
        return fault < 0 ? values : throw new EspalierException(FormattableString.Invariant($"'{layer.Parameter("weight")}' has the element {values[fault]} at {fault}; expected finite weights"));
    }

    /// <summary>Whether a node is a layer whose weights are measured.</summary>
    internal static bool HasWeights(Node node) => node.Op is Conv2d or Linear or ChannelConv1d;

    /// <summary>The zeros of a layer's weights; elements that are not finite are none.</summary>
    internal static LayerZeros ZerosOf(Model model, Node layer)
    {
        Tensor weight = model.Value(layer, "weight");
        float[] values = new float[weight.Shape.Count];
        weight.To(ElementType.Float32).CopyTo<float>(values);
        return new LayerZeros(values.Length, Masked(model.Parameters[layer.Parameter("weight")]), values.AsSpan().Count(0f), ZerosInBlocks(values, weight.Shape));
    }

    private static Node[] LayersOf(Model model) =>
        [.. model.Graph.Nodes.Where(HasWeights).DistinctBy(node => node.Parameter("weight"), StringComparer.Ordinal)];

    private static string Names(Node[] layers) => layers.Length == 0 ? "no layers" : $"{string.Join(", ", layers.Take(3).Select(layer => layer.Name))}{(layers.Length > 3 ? $" and {layers.Length - 3} more" : "")}";

    private static LayerBefore Compare(Model before, Model after, string layer)
    {
        Node node = before.Graph[layer];
        return ChannelPairing.Of(before, after, layer, Norms(ValuesOf(before, node), before.Parameters[node.Parameter("weight")].Value.Shape[0]));
    }

    private static LayerWeights Measure(Model model, Node layer)
    {
        Parameter parameter = model.Parameters[layer.Parameter("weight")];
        Shape shape = parameter.Value.Shape;
        float[] values = ValuesOf(model, layer);
        var moments = new Moments(values);
        var histogram = new HistogramTally();
        histogram.Add(values, moments.Least, moments.Greatest);
        return new LayerWeights
        {
            Name = layer.Name,
            Parameter = layer.Parameter("weight"),
            Kind = layer.Op.Kind,
            Shape = shape,
            Bits = QuantizedLayer.Is(layer.Op) ? 8 : 32,
            Masked = Masked(parameter),
            Zeros = moments.Zeros,
            ZerosInBlocks = ZerosInBlocks(values, shape),
            Mean = moments.Mean,
            Deviation = moments.Deviation,
            Least = moments.Least,
            Greatest = moments.Greatest,
            Histogram = histogram.ToHistogram(),
            ChannelNorms = Norms(values, shape[0]),
        };
    }

    private static long Masked(Parameter parameter) => parameter.Mask is Tensor mask ? new Moments(mask.To(ElementType.Float32).Read<float>()).Zeros : 0;

    private static ImmutableArray<double> Norms(float[] values, int channels)
    {
        int length = values.Length / channels;
        return [.. Enumerable.Range(0, channels).Select(channel => new Moments(values.AsSpan(channel * length, length)).Norm)];
    }

    private static long? ZerosInBlocks(float[] values, Shape shape)
    {
        if (shape.Rank < 2 || shape[1] < Block)
        {
            return null;
        }

        (int inputs, int positions) = (shape[1], (int)(shape.Count / shape[0] / shape[1]));
        long zeros = 0;
        for (int start = 0; start < values.Length; start += inputs * positions)
        {
            for (int first = 0; first < inputs; first += Block)
            {
                int count = Math.Min(Block, inputs - first); // the last block can be smaller
                for (int position = 0; position < positions; position++)
                {
                    int at = start + (first * positions) + position;
                    bool isZero = true;
                    for (int i = 0; i < count && isZero; i++)
                    {
                        isZero = values[at + (i * positions)] == 0;
                    }

                    zeros += isZero ? count : 0;
                }
            }
        }

        return zeros;
    }
}

/// <summary>The zeros of a layer's weights, as in <see cref="LayerWeights"/>.</summary>
/// <param name="Count">The number of weights.</param>
/// <param name="Masked">How many the mask removes.</param>
/// <param name="Zeros">How many are zero after masking.</param>
/// <param name="ZerosInBlocks">How many of these are in 1x4 blocks of zeros; <see langword="null"/> for layers with fewer than 4 input channels in a group.</param>
internal readonly record struct LayerZeros(long Count, long Masked, long Zeros, long? ZerosInBlocks);
