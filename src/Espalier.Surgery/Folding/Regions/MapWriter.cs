using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Writes a linear map back as a layer, rounded to float once.</summary>
internal static class MapWriter
{
    /// <summary>How many nodes the map takes: none for the identity, two where its border is not zero.</summary>
    internal static int NodesFor(LinearMap map) => map.IsIdentity ? 0 : map.HasBorder ? 2 : 1;

    /// <summary>The patch that puts a layer of the map behind <paramref name="source"/>, and lets it take the place of <paramref name="replaced"/>.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="map">The map; on a vector, a 1x1 one.</param>
    /// <param name="source">The node it reads.</param>
    /// <param name="replaced">The node whose readers read the layer from now on.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="reason">The patch's reason.</param>
    internal static Patch Write(Graph graph, LinearMap map, string source, string replaced, string name, string reason) =>
        map.IsIdentity ? new Patch(reason).Redirect(replaced, source) : WriteLayer(graph, map, source, replaced, name, reason);

    /// <summary>The same with a layer in any case, also where the map is the identity.</summary>
    internal static Patch WriteLayer(Graph graph, LinearMap map, string source, string replaced, string name, string reason)
    {
        var patch = new Patch(reason);
        if (map.HasBorder)
        {
            Node pad = Named(graph, FreeName(graph, name), new Pad(map.InChannels, map.Padding), source);
            patch = patch.Put(pad).Set(pad.Parameter("value"), Numbers(map.Border!, [map.InChannels]));
            (source, map) = (pad.Name, map with { Padding = Padding.None, Border = null });
        }

        Node layer = Named(graph, name, OpOf(graph, map, replaced), source);
        patch = patch.Put(layer).Set(layer.Parameter("weight"), Numbers(map.Weight, layer.Op.Parameters[0].Shape));
        patch = map.HasBias ? patch.Set(layer.Parameter("bias"), Numbers(map.Bias, [map.OutChannels])) : patch;
        return name == replaced ? patch : patch.Redirect(replaced, name);
    }

    private static Op OpOf(Graph graph, LinearMap map, string replaced) =>
        graph.ShapeOf(replaced).Rank == 1
            ? new Linear(map.InChannels, map.OutChannels, map.HasBias)
            : new Conv2d(map.InChannels, map.OutChannels, map.Kernel)
            {
                Stride = map.Stride,
                Dilation = map.Dilation,
                Padding = map.Padding,
                Groups = map.Groups,
                Bias = map.HasBias,
            };

    /// <summary>The other users of tied weights must not see them change: where a name is shared, the node gets parameters of its own.</summary>
    private static Node Named(Graph graph, string name, Op op, string source)
    {
        ValueList<string> own = Node.ParametersNamedAfter(name, op);
        bool isShared = graph.Nodes.Any(node => node.Name != name && node.Parameters.Any(own.Contains));
        return new Node(name, op, [source], isShared ? Node.ParametersNamedAfter(ScopeName.Join(name, "untied"), op) : own);
    }

    private static string FreeName(Graph graph, string layer)
    {
        string name = layer + "_pad";
        while (graph.TryFind(name, out _))
        {
            name += "_";
        }

        return name;
    }

    private static Parameter Numbers(double[] values, Shape shape) => new(Tensor.From<double>(shape, values).To(ElementType.Float32));
}
