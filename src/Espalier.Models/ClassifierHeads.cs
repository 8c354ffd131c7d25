using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Finds the layers that compute a network's outputs: its classifiers.</summary>
/// <remarks>
/// A classifier is a fully connected layer, or a convolution of one pixel whose outputs are averaged over all pixels (Lin 2013, §3.2; SqueezeNet). After it there may be activations, dropout, the rounding to 8 bits, the pool, a flatten and a softmax.
/// A network of features, such as a backbone without its last layer, has none. A convolution that an activation follows may also compute features; it is a classifier in a network of the zoo, before a softmax, and where the model has as many labels.
/// </remarks>
internal static class ClassifierHeads
{
    /// <summary>The classifier of each output that has one, in the order of the outputs; a layer is listed once.</summary>
    internal static ImmutableArray<Node> Of(Graph graph, ModelMetadata metadata) =>
        [.. graph.Outputs.Select(output => Find(graph, metadata, output)).OfType<Node>().Distinct()];

    /// <summary>The classifier of an output, or <see langword="null"/> if it has none.</summary>
    internal static Node? Find(Graph graph, ModelMetadata metadata, string output)
    {
        Node node = graph[output];
        (bool isPooled, bool isActivated, bool isSoftmax) = (false, false, false);
        for (; Passes(graph, node); node = graph[node.Inputs[0]])
        {
            isPooled |= node.Op is AdaptiveAveragePool or AveragePool;
            isActivated |= node.Op is ActivationOp;
            isSoftmax |= node.Op is Softmax;
        }

        bool isCertain = !isActivated || isSoftmax || Zoo.TryFind(metadata.Architecture, out _);
        bool isClassifier = node.Op is Linear
            || (node.Op is Conv2d { Groups: 1 } conv && conv.Kernel == 1 && (isPooled || IsPixel(graph, node)) && (isCertain || metadata.Labels.Count == conv.OutChannels));
        return isClassifier ? node : null;
    }

    /// <summary>Whether a node keeps one value for each class, so that the classifier may be before it.</summary>
    private static bool Passes(Graph graph, Node node) =>
        node.Op is Softmax or Dropout or ActivationOp or Quantize
        || (node.Op is AdaptiveAveragePool or AveragePool && IsPixel(graph, node))
        || (node.Op is Flatten && IsPixel(graph, graph[node.Inputs[0]]));

    private static bool IsPixel(Graph graph, Node node) => graph.ShapeOf(node.Name) is { Rank: 3 } shape && shape[1] == 1 && shape[2] == 1;
}
