using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>In what two networks differ, node by node. Nodes are the same where their names are.</summary>
public sealed class StructureDifference
{
    internal StructureDifference(Graph a, Graph b)
    {
        OnlyInFirst = [.. a.Nodes.Where(node => !b.TryFind(node.Name, out _)).Select(node => node.Name)];
        OnlyInSecond = [.. b.Nodes.Where(node => !a.TryFind(node.Name, out _)).Select(node => node.Name)];
        (Node First, Node Second)[] both = [.. a.Nodes.Where(node => b.TryFind(node.Name, out _)).Select(node => (node, b[node.Name]))];
        Reshaped = [.. both.Where(pair => Weight(pair.First) != Weight(pair.Second)).Select(pair => (pair.First.Name, Weight(pair.First), Weight(pair.Second)))];
        var reshaped = Reshaped.Select(each => each.Node).ToHashSet(StringComparer.Ordinal);
        Changed = [.. both.Where(pair => pair.First != pair.Second && !reshaped.Contains(pair.First.Name) && IsOther(pair.First, pair.Second)).Select(pair => pair.First.Name)];
    }

    /// <summary>Nodes that the second network has not.</summary>
    public IReadOnlyList<string> OnlyInFirst { get; }

    /// <summary>Nodes that the first network has not.</summary>
    public IReadOnlyList<string> OnlyInSecond { get; }

    /// <summary>Layers whose weight has another shape in each.</summary>
    public IReadOnlyList<(string Node, Shape? First, Shape? Second)> Reshaped { get; }

    /// <summary>Nodes that do something else in each, or read something else.</summary>
    public IReadOnlyList<string> Changed { get; }

    /// <summary>Whether it is the same network.</summary>
    public bool IsNone => Reshaped.Count + OnlyInFirst.Count + OnlyInSecond.Count + Changed.Count == 0;

    /// <summary>The weight of a convolution or linear layer; a norm's follows from it.</summary>
    private static Shape? Weight(Node node) => node.Op is Conv2d or Linear ? node.Op.Parameters[0].Shape : null;

    /// <summary>A norm that is only narrower is no news: the layer in front of it is listed.</summary>
    private static bool IsOther(Node first, Node second) => first.Op.GetType() != second.Op.GetType() || !first.Inputs.Equals(second.Inputs) || first.Op is Conv2d;
}
