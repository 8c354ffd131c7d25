using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>How far the ranges of a layer's output channels are apart: what 8-bit weights with one scale for the layer would suffer from.</summary>
/// <remarks>A channel's range is its greatest absolute weight. With one scale, a channel with a range r times smaller than the greatest keeps log₂ r fewer bits (Nagel 2019, "Data-free quantization", §3).</remarks>
/// <param name="Node">The convolution or linear layer.</param>
/// <param name="Greatest">The greatest range of a channel.</param>
/// <param name="Least">The least range of a channel that is not all zeros.</param>
/// <param name="WorstChannels">The channels of least range, at most five, least first.</param>
/// <param name="ZeroChannels">Channels whose weights are all zero.</param>
public sealed record WeightRange(string Node, double Greatest, double Least, ValueList<int> WorstChannels, int ZeroChannels)
{
    private const int Listed = 5;

    /// <summary>The greatest range divided by the least: 1 is best, above 256 a channel has no 8-bit weight but zero.</summary>
    public double Ratio => Least > 0 ? Greatest / Least : 1;

    /// <summary>Every convolution and linear layer of a model, worst first.</summary>
    public static ImmutableArray<WeightRange> Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. model.Graph.Nodes.Where(node => node.Op is Conv2d or Linear).Select(node => Of(model, node)).OrderByDescending(range => range.Ratio)];
    }

    private static WeightRange Of(Model model, Node node)
    {
        Tensor weight = model.Value(node, "weight").To(ElementType.Float32);
        int channels = weight.Shape[0];
        int row = checked((int)(weight.Shape.Count / channels));
        double[] ranges = [.. Enumerable.Range(0, channels).Select(c => Range(weight.Read<float>().Slice(c * row, row)))];
        int[] alive = [.. Enumerable.Range(0, channels).Where(c => ranges[c] > 0).OrderBy(c => ranges[c])];
        return new WeightRange(node.Name, ranges.Max(), alive.Length == 0 ? 0 : ranges[alive[0]], ValueList.From(alive.Take(Listed)), channels - alive.Length);
    }

    private static double Range(ReadOnlySpan<float> weights)
    {
        double greatest = 0;
        foreach (float weight in weights)
        {
            greatest = Math.Max(greatest, Math.Abs((double)weight));
        }

        return greatest;
    }
}
