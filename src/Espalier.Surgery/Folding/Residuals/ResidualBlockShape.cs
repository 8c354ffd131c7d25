using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>A residual block whose shortcut can be carried through its branch.</summary>
/// <param name="Sum">Where the two meet.</param>
/// <param name="Source">The block's input.</param>
/// <param name="Convolutions">Those of the branch, first one first.</param>
/// <param name="Shortcut">What the shortcut computes of the input: the identity or a 1x1 projection.</param>
internal sealed record ResidualBlockShape(Node Sum, string Source, IReadOnlyList<Node> Convolutions, LinearMap Shortcut)
{
    /// <summary>The block that ends at a sum, or <see langword="null"/> with the reason why it cannot be used.</summary>
    internal static ResidualBlockShape? Find(Model model, Node sum, HashSet<string> nonNegative, out string reason)
    {
        if (sum.Inputs.Count != 2)
        {
            reason = $"it adds {sum.Inputs.Count} values, not a shortcut and a branch";
            return null;
        }

        ResidualBlockShape? block = Find(model, sum, sum.Inputs[0], sum.Inputs[1], nonNegative, out reason);
        if (block is null)
        {
            block = Find(model, sum, sum.Inputs[1], sum.Inputs[0], nonNegative, out string other);
            reason = $"with '{sum.Inputs[0]}' as the shortcut, {reason}; with '{sum.Inputs[1]}', {other}";
        }

        return block;
    }

    private static ResidualBlockShape? Find(Model model, Node sum, string shortcut, string branch, HashSet<string> nonNegative, out string reason)
    {
        (string source, LinearMap? map) = ReadShortcut(model, shortcut);
        if (map is null)
        {
            reason = $"'{shortcut}' is neither the block's input nor a 1x1 projection of it";
            return null;
        }

        var convolutions = new List<Node>();
        for (string name = branch; name != source; name = model.Graph[name].Inputs[0])
        {
            Node node = model.Graph[name];
            if (WhyNot(model.Graph, node, source) is string fault)
            {
                reason = fault;
                return null;
            }

            if (node.Op is Conv2d)
            {
                convolutions.Insert(0, node);
            }
        }

        var block = new ResidualBlockShape(sum, source, convolutions, map);
        reason = block.WhyNot(branch, nonNegative) ?? "";
        return reason.Length == 0 ? block : null;
    }

    private static (string Source, LinearMap? Map) ReadShortcut(Model model, string shortcut)
    {
        Node node = model.Graph[shortcut];
        return node.Op is not Conv2d ? (shortcut, ElementaryMaps.Identity(model.Graph.ShapeOf(shortcut)[0]))
            : LinearOps.Read(model, node).Map is { Kernel: (1, 1) } map && map.Padding.IsNone ? (node.Inputs[0], map)
            : (shortcut, null);
    }

    private static string? WhyNot(Graph graph, Node node, string source) =>
        node.Op is Input ? $"the branch does not begin at '{source}'"
        : !graph.HasSingleUse(node.Name) ? $"others read '{node.Name}' of the branch too"
        : node.Op is Conv2d or Relu || (node.Op is Relu6 && graph[source].Op is Relu6) ? null
        : node.Op is BatchNorm ? $"'{node.Name}' is a batch norm; fold the network first"
        : $"'{node.Name}' of the branch is {node.Op.Kind}, which the shortcut cannot pass";

    private string? WhyNot(string branch, HashSet<string> nonNegative)
    {
        if (Convolutions.Count < 2 || Convolutions[^1].Name != branch)
        {
            return $"the branch '{branch}' does not end in the second or a later convolution";
        }

        Size stride = Convolutions.Select(node => ((Conv2d)node.Op).Stride).Aggregate((a, b) => (a.Height * b.Height, a.Width * b.Width));
        return !nonNegative.Contains(Source) ? $"'{Source}' may be negative, so a ReLU would change it: no ReLU stands before the block"
            : Shortcut.Stride != stride ? $"the shortcut has stride {Shortcut.Stride} and the branch {stride}"
            : Convolutions.FirstOrDefault(node => !CarriedShortcut.HasCentre((Conv2d)node.Op)) is Node odd ? $"'{odd.Name}' has no tap at its output's own pixel"
            : null;
    }
}
