using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Computes the border of zeros that each value needs, so that every convolution that reads it finds its padding in memory.</summary>
internal static class BorderNeeds
{
    /// <summary>The borders of all values that need one, by name.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="layers">The nodes that read them.</param>
    internal static IReadOnlyDictionary<string, Padding> Of(Graph graph, IEnumerable<Node> layers)
    {
        var needs = new Dictionary<string, Padding>(StringComparer.Ordinal);
        foreach (Node node in layers)
        {
            if (node.Op is Conv2d conv)
            {
                string input = node.Inputs[0];
                FeatureMap map = FeatureMap.Of(graph.ShapeOf(input));
                FeatureMap output = FeatureMap.Of(graph.ShapeOf(node.Name));
                needs[input] = Padding.Max(needs.GetValueOrDefault(input), conv.Window.PaddingRead(map.Size, output.Size));
            }
        }

        return needs;
    }
}
