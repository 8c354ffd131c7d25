using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Writes a linear map as a layer, with weights rounded to float32 once.</summary>
internal static class MapWriter
{
    /// <summary>The number of nodes that the map needs: 0 for the identity, 2 if its padding value is not zero, otherwise 1.</summary>
    internal static int NodesFor(LinearMap map) => map.IsIdentity ? 0 : map.HasBorder ? 2 : 1;

    /// <summary>The patch that replaces a region by one layer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="map">The region's map; 1x1 if its output is a vector.</param>
    /// <param name="region">The region. The layer reads its source, and the nodes that read its root read the layer instead.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="reason">The patch's reason.</param>
    internal static Patch Write(Model model, LinearMap map, LinearRegion region, string name, string reason) =>
        map.IsIdentity ? new Patch(reason).Redirect(region.Root.Name, region.Source)
        : WriteLayer(model, map, region.Source, region.Root.Name, name, region.Nodes, reason);

    /// <summary>The same, but writes a layer even if the map is the identity.</summary>
    internal static Patch WriteLayer(Model model, LinearMap map, string source, string replaced, string name, IReadOnlyList<Node> origins, string reason)
    {
        Graph graph = model.Graph;
        map = graph.ShapeOf(replaced).Rank == 1 ? GroupConversion.Widen(map, 1) : map;
        var patch = new Patch(reason);
        if (map.HasBorder)
        {
            Node pad = Named(graph, graph.FreeName(name + "_pad"), new Pad(map.InChannels, map.Padding), source);
            patch = patch.Put(pad).Set(pad.Parameter("value"), new Parameter(Doubles.ToFloat(map.Border!, [map.InChannels])) { Trainable = false });
            (source, map) = (pad.Name, map with { Padding = Padding.None, Border = null });
        }

        Node layer = Named(graph, name, OpOf(graph, map, replaced), source);
        Tensor weight = Doubles.ToFloat(map.Weight, layer.Op.Parameters[0].Shape);
        Parameter[] before = [.. origins.SelectMany(node => node.Parameters).Select(parameter => model.Parameters[parameter])];
        bool trains = before.Length == 0 || Array.Exists(before, parameter => parameter.Trainable);
        Tensor? mask = Array.Exists(before, parameter => parameter.Mask is not null) ? MaskOf(weight) : null;
        patch = patch.Put(layer).Set(layer.Parameter("weight"), new Parameter(weight) { Trainable = trains, Mask = mask });
        patch = map.HasBias ? patch.Set(layer.Parameter("bias"), new Parameter(Doubles.ToFloat(map.Bias, [map.OutChannels])) { Trainable = trains }) : patch;
        return name == replaced ? patch : patch.Redirect(replaced, name);
    }

    /// <summary>The mask of a merged weight: weights that are pruned in all branches are zero in their sum and remain pruned.</summary>
    private static Tensor MaskOf(Tensor weight)
    {
        Tensor mask = Tensor.Zeros(weight.Shape);
        ReadOnlySpan<float> values = weight.Read<float>();
        Span<float> kept = mask.Write<float>();
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i] = values[i] == 0 ? 0 : 1;
        }

        return mask;
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

    /// <summary>A node with the given op. If other nodes share its parameters, it gets new parameter names, so that the tied weights of the other nodes do not change.</summary>
    private static Node Named(Graph graph, string name, Op op, string source)
    {
        ValueList<string> own = Node.ParametersNamedAfter(name, op);
        bool isShared = graph.Nodes.Any(node => node.Name != name && node.Parameters.Any(own.Contains));
        return new Node(name, op, [source], isShared ? Node.ParametersNamedAfter(ScopeName.Join(name, "untied"), op) : own);
    }
}
