using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>How wide a border of zeros each value needs, so that every convolution that reads it finds its padding in memory.</summary>
internal static class BorderNeeds
{
    /// <summary>The borders of all values that need one, by name.</summary>
    internal static IReadOnlyDictionary<string, Border> Of(Graph graph, ImmutableArray<FusedNode> groups)
    {
        var needs = new Dictionary<string, Border>(StringComparer.Ordinal);
        foreach (Node node in groups.Select(group => group.Node))
        {
            if (node.Op is Conv2d conv)
            {
                string input = node.Inputs[0];
                FeatureMap map = FeatureMap.Of(graph.ShapeOf(input));
                FeatureMap output = FeatureMap.Of(graph.ShapeOf(node.Name));
                needs[input] = Border.Max(needs.GetValueOrDefault(input), Reach(conv, map, output));
            }
        }

        return needs;
    }

    // What is really read: a stride that stops short of the bottom or right padding needs none of it.
    private static Border Reach(Conv2d conv, FeatureMap input, FeatureMap output) => new(
        conv.Padding.Top,
        conv.Padding.Left,
        Beyond(output.Height, conv.Stride.Height, conv.Kernel.Height, conv.Dilation.Height, conv.Padding.Top, input.Height),
        Beyond(output.Width, conv.Stride.Width, conv.Kernel.Width, conv.Dilation.Width, conv.Padding.Left, input.Width));

    private static int Beyond(int outputs, int stride, int kernel, int dilation, int before, int inputs) =>
        Math.Max(0, ((outputs - 1) * stride) + ((kernel - 1) * dilation) + 1 - before - inputs);
}
