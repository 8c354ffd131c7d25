using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A residual block whose shortcut can be passed through additional channels of its branch.</summary>
/// <param name="Sum">The addition of shortcut and branch.</param>
/// <param name="Source">The block's input.</param>
/// <param name="Convolutions">The convolutions of the branch, in order.</param>
/// <param name="Shortcut">The map of the shortcut: the identity, a 1x1 projection, or a selection of pixels and channels (option A).</param>
internal sealed record ResidualBlockShape(Node Sum, string Source, IReadOnlyList<Node> Convolutions, LinearMap Shortcut)
{
    /// <summary>The block that ends at an addition, or <see langword="null"/> with the reason why its shortcut cannot be removed.</summary>
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
        reason = $"the branch '{branch}' does not begin where the shortcut does, or the shortcut is more than a 1x1 map";
        foreach ((string source, LinearMap map) in Shortcuts(model, shortcut).Where(way => IsBefore(model.Graph, way.Source, branch)))
        {
            if (ReadBranch(model.Graph, source, branch, out string? fault) is IReadOnlyList<Node> convolutions)
            {
                var block = new ResidualBlockShape(sum, source, convolutions, map);
                fault = block.WhyNot(model.Graph, branch, nonNegative);
                if (fault is null)
                {
                    return block;
                }
            }

            reason = fault!;
        }

        return null;
    }

    /// <summary>The possible readings of a shortcut: the identity, and each 1x1 linear map that ends at it.</summary>
    private static IEnumerable<(string Source, LinearMap Map)> Shortcuts(Model model, string shortcut)
    {
        yield return (shortcut, ElementaryMaps.Identity(model.Graph.ShapeOf(shortcut)[0]));
        Node node = model.Graph[shortcut];
        if (!LinearOps.IsLinear(node.Op) || model.Graph.ShapeOf(shortcut).Rank != 3)
        {
            yield break;
        }

        foreach (LinearRegion region in LinearRegion.EndingAt(model.Graph, LinearRegion.Order(model.Graph), node))
        {
            if (RegionMap.Of(model, region).Map is LinearMap map && map.Kernel == 1 && map.Padding.IsNone)
            {
                yield return (region.Source, map);
            }
        }
    }

    /// <summary>Whether a chain of nodes with one input each leads from <paramref name="source"/> to <paramref name="name"/>.</summary>
    private static bool IsBefore(Graph graph, string source, string name)
    {
        while (name != source && graph[name].Inputs.Count == 1)
        {
            name = graph[name].Inputs[0];
        }

        return name == source;
    }

    private static List<Node>? ReadBranch(Graph graph, string source, string branch, out string? fault)
    {
        var found = new List<Node>();
        for (string name = branch; name != source; name = graph[name].Inputs[0])
        {
            Node node = graph[name];
            fault = WhyNot(graph, node, source);
            if (fault is not null)
            {
                return null;
            }

            if (node.Op is Conv2d)
            {
                found.Insert(0, node);
            }
        }

        fault = null;
        return found;
    }

    private static string? WhyNot(Graph graph, Node node, string source) =>
        !graph.HasSingleUse(node.Name) ? $"other nodes also read '{node.Name}' of the branch"
        : node.Op is Conv2d or Relu || (node.Op is Relu6 && graph[source].Op is Relu6) ? null
        : node.Op is BatchNorm ? $"'{node.Name}' is a batch norm; fold the network first"
        : $"'{node.Name}' of the branch is {node.Op.Kind}, which would change the values of the shortcut";

    private string? WhyNot(Graph graph, string branch, HashSet<string> nonNegative)
    {
        if (Convolutions.Count < 2 || Convolutions[^1].Name != branch)
        {
            return $"the branch '{branch}' does not end in the second or a later convolution";
        }

        Size stride = Convolutions.Select(node => ((Conv2d)node.Op).Stride).Aggregate((a, b) => (a.Height * b.Height, a.Width * b.Width));
        return !nonNegative.Contains(Source) ? $"'{Source}' may be negative, so a ReLU of the branch would change it: there is no ReLU before the block"
            : Shortcut.Stride != stride ? $"the shortcut has stride {Shortcut.Stride} and the branch {stride}"
            : Convolutions.FirstOrDefault(node => !PassedShortcut.HasCentre((Conv2d)node.Op)) is Node odd ? $"'{odd.Name}' has no kernel element at the position of its output pixel"
            : WhyCropped(graph);
    }

    /// <summary>Every feature map of the branch must contain the pixels that the addition reads. Pixels that an unpadded kernel removes are not restored by the padding of a later one.</summary>
    private string? WhyCropped(Graph graph)
    {
        Size wanted = FeatureMap.Of(graph.ShapeOf(Sum.Name)).Size;
        foreach (Node node in Convolutions.Reverse())
        {
            Size stride = ((Conv2d)node.Op).Stride;
            wanted = (((wanted.Height - 1) * stride.Height) + 1, ((wanted.Width - 1) * stride.Width) + 1);
            Size found = FeatureMap.Of(graph.ShapeOf(node.Inputs[0])).Size;
            if (found.Height < wanted.Height || found.Width < wanted.Width)
            {
                return $"'{node.Name}' reads a feature map of {found} pixels, and the shortcut needs {wanted} pixels";
            }
        }

        return null;
    }
}
