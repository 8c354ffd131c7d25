using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The weight ranges of a layer's output channels. Their ratio determines the error of 8-bit weights with one scale per layer.</summary>
/// <remarks>A channel's range is its largest absolute weight. With one scale, a channel with a range r times smaller than the largest has log₂ r fewer bits (Nagel 2019, "Data-free quantization", §3).</remarks>
/// <param name="Node">The convolution or linear layer.</param>
/// <param name="Greatest">The largest range of any channel.</param>
/// <param name="Least">The smallest range of a channel that is not all zeros.</param>
/// <param name="WorstChannels">The channels of smallest range, at most five, smallest first.</param>
/// <param name="ZeroChannels">The number of channels whose weights are all zero.</param>
public sealed record WeightRange(string Node, double Greatest, double Least, ValueList<int> WorstChannels, int ZeroChannels)
{
    private const int Listed = 5;

    /// <summary>The largest range divided by the smallest: 1 is best; above 256 all 8-bit weights of some channel are zero.</summary>
    public double Ratio => Least > 0 ? Greatest / Least : 1;

    /// <summary>The ranges of all convolutions and linear layers of a model, largest ratio first.</summary>
    public static ImmutableArray<WeightRange> Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. model.Graph.Nodes.Where(node => node.Op is Conv2d or Linear).Select(node => Of(model, node)).OrderByDescending(range => range.Ratio)];
    }

    private static WeightRange Of(Model model, Node node)
    {
        Tensor weight = StandardizedWeights.Written(model, node).Weight.Effective.To(ElementType.Float32);
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
