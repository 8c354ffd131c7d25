using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Infers the number of classes from a state_dict.</summary>
internal static class ClassCount
{
    /// <summary>Returns the number of classes if the weight of the last layer exists and differs from the network's in the first extent at most; otherwise <see langword="null"/>.</summary>
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
