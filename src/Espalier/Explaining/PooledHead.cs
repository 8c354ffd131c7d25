using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The end of a network that averages each map and has one fully connected layer after it: what CAM requires.</summary>
/// <param name="Map">The node with the maps that are averaged.</param>
/// <param name="Weights">The layer's weights: classes x channels.</param>
internal sealed record PooledHead(string Map, Tensor Weights)
{
    /// <summary>Finds the end of a network.</summary>
    /// <exception cref="EspalierException">The network ends otherwise; the message says what was found, and the remedy.</exception>
    internal static PooledHead Of(Model model)
    {
        Graph graph = model.Graph;
        Node node = Behind(graph, graph[ExplainedNetwork.ScoreOf(graph)]);
        Tensor weights = node.Op switch
        {
            Linear => model.Value(node, "weight"),
            Conv2d { Groups: 1, StandardizationEpsilon: null } conv when conv.Kernel == 1 && FeatureMap.Of(graph.ShapeOf(node.Inputs[0])).Pixels == 1 => model.Value(node, "weight"),
            _ => throw Refusal($"its classes are computed by '{node.Name}', {node.Op}, instead of a fully connected layer"),
        };
        Node pool = Behind(graph, graph[node.Inputs[0]]);
        Shape shape = graph.ShapeOf(pool.Name);
        bool isGlobal = pool.Op is AdaptiveAveragePool { Output: { Height: 1, Width: 1 } }
            || (pool.Op is AveragePool average && average.Padding.IsNone && average.Kernel == FeatureMap.Of(graph.ShapeOf(pool.Inputs[0])).Size && FeatureMap.Of(shape).Pixels == 1);
        return isGlobal
            ? new PooledHead(pool.Inputs[0], weights.To(ElementType.Float32).Reshape([weights.Shape[0], weights.Shape[1]]))
            : throw Refusal($"'{node.Name}' reads '{pool.Name}', {pool.Op} of shape {shape}, instead of the global average of a feature map");
    }

    // Dropout is nothing at inference, and a rounding to 8 bits changes little.
    private static Node Behind(Graph graph, Node node)
    {
        while (node.Op is Flatten or Dropout or Quantize)
        {
            node = graph[node.Inputs[0]];
        }

        return node;
    }

    private static EspalierException Refusal(string reason) =>
        new($"CAM requires a network that ends in global average pooling and one fully connected layer, and of this one {reason}; grad-cam and score-cam work for every network");
}
