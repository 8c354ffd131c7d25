using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The nodes in which two networks differ. Nodes are matched by name.</summary>
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

    /// <summary>The nodes that only the first network has.</summary>
    public IReadOnlyList<string> OnlyInFirst { get; }

    /// <summary>The nodes that only the second network has.</summary>
    public IReadOnlyList<string> OnlyInSecond { get; }

    /// <summary>The layers whose weights have different shapes.</summary>
    public IReadOnlyList<(string Node, Shape? First, Shape? Second)> Reshaped { get; }

    /// <summary>The nodes with different ops or inputs.</summary>
    public IReadOnlyList<string> Changed { get; }

    /// <summary>Whether the networks are equal.</summary>
    public bool IsNone => Reshaped.Count + OnlyInFirst.Count + OnlyInSecond.Count + Changed.Count == 0;

    /// <summary>The weight shape of a convolution or linear layer, which determines that of the following norm.</summary>
    private static Shape? Weight(Node node) => node.Op is Conv2d or Linear ? node.Op.Parameters[0].Shape : null;

    /// <summary>Whether ops or inputs differ. A norm with another number of channels is not listed, because the layer before it is.</summary>
    private static bool IsOther(Node first, Node second) => first.Op.GetType() != second.Op.GetType() || !first.Inputs.Equals(second.Inputs) || first.Op is Conv2d;
}
