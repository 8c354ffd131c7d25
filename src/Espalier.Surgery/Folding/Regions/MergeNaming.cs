using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Names the layer that replaces a region.</summary>
internal static class MergeNaming
{
    /// <summary>
    /// The common scope of the removed nodes if it contains no other nodes (a block of branches becomes one layer of the block's name), otherwise the removed layer with the
    /// most weights (conv1 and bn1 become conv1), otherwise the root.
    /// </summary>
    internal static string NameFor(Graph graph, LinearRegion region, HashSet<string> dying)
    {
        Node[] layers = [.. region.Nodes.Reverse().Where(node => node.Op is Conv2d or Linear && dying.Contains(node.Name))];
        string scope = CommonScope(dying);
        bool isWhole = layers.Length > 1 && scope.Length > 0 && graph.InScope(scope).All(node => dying.Contains(node.Name));
        return isWhole ? scope
            : layers.Length > 0 ? layers.MaxBy(layer => layer.Op.Parameters[0].Shape.Count)!.Name
            : region.Root.Name;
    }

    private static string CommonScope(IEnumerable<string> names)
    {
        string scope = ScopeName.Parent(names.First());
        while (scope.Length > 0 && !names.All(name => ScopeName.Contains(scope, name)))
        {
            scope = ScopeName.Parent(scope);
        }

        return scope;
    }
}
