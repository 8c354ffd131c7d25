using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Reads from a state_dict how many classes it was trained for.</summary>
internal static class ClassCount
{
    /// <summary>Classes, where the last layer's weight says so beyond doubt: it is there and fits in everything but its first extent.</summary>
    internal static int? Infer(Graph graph, StateDict weights)
    {
        Node? classifier = graph.Nodes.LastOrDefault(node => node.Op is Linear or Conv2d);
        if (classifier is null || !weights.TryGet(classifier.Parameter("weight"), out Tensor? tensor))
        {
            return null;
        }

        Shape expected = classifier.Op.Parameters[0].Shape;
        bool fits = tensor.Shape.Rank == expected.Rank && tensor.Shape[0] > 0 && tensor.Shape.WithoutFirst() == expected.WithoutFirst();
        return fits ? tensor.Shape[0] : null;
    }
}
