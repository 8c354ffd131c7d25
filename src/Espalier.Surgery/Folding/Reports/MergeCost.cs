using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The cost of nodes at inference, by which folding decides whether an exact merge is made.</summary>
/// <remarks>Unlike published MACs it includes norms and average pools, so that removing them reduces the cost; values per channel (biases, norms) are not counted as bytes.</remarks>
/// <param name="Operations">The multiply-accumulates of one sample.</param>
/// <param name="Bytes">The size of the float32 weights, in bytes.</param>
public readonly record struct MergeCost(long Operations, long Bytes)
{
    /// <summary>A cost of zero.</summary>
    public static MergeCost None => default;

    /// <summary>The cost of a node of a graph.</summary>
    public static MergeCost Of(Graph graph, Node node)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        long results = graph.ShapeOf(node.Name).Count;
        return node.Op.Type switch
        {
            OpType.Conv2d or OpType.ChannelConv1d or OpType.Linear => new(MultiplyAccumulates.Of(graph, node), node.Op.Parameters[0].Shape.Count * sizeof(float)),
            OpType.BatchNorm or OpType.Affine => new(results, 0),
            OpType.AveragePool => new(results * ((AveragePool)node.Op).Kernel.Area, 0),
            OpType.BlurPool => new(results * BlurPool.Window.Kernel.Area, 0),
            OpType.AdaptiveAveragePool => new(graph.ShapeOf(node.Inputs[0]).Count, 0),
            OpType.Input or OpType.GroupNorm or OpType.LayerNorm or OpType.LocalResponseNorm or OpType.Quantize or OpType.Activation or OpType.Softmax or OpType.Add
                or OpType.Multiply or OpType.Concat or OpType.StochasticDepth or OpType.Dropout or OpType.Flatten or OpType.MaxPool or OpType.AdaptiveMaxPool or OpType.PRelu
                or OpType.RadixSoftmax or OpType.Pad or OpType.PadChannels or OpType.ChannelSlice or OpType.ChannelShuffle => None,
        };
    }

    /// <summary>The total cost of several nodes.</summary>
    public static MergeCost Of(Graph graph, IEnumerable<Node> nodes) => nodes.Aggregate(None, (sum, node) => sum + Of(graph, node));

    /// <summary>The cost of a map as a convolution or linear layer with an output of <paramref name="shape"/>.</summary>
    public static MergeCost Of(LinearMap map, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(map);
        long each = shape.Rank == 1 ? map.InChannels : (long)map.GroupInputs * map.Kernel.Area; // a linear layer has no groups
        return map.IsIdentity ? None : new(shape.Count * each, map.OutChannels * each * sizeof(float));
    }

    /// <summary>
    /// A lower bound of the cost of a single layer for a chain of dense layers and average pools; <see langword="null"/> for any other region. The product of dense
    /// layers, or of a dense layer and a pool, is dense, so the bound does not depend on the weights' values. Each kernel of width k adds at least k − 1 to the width of the product, whatever the strides and dilations.
    /// </summary>
    internal static MergeCost? OfChain(Graph graph, LinearRegion region)
    {
        Size[] kernels = [.. region.Nodes.Select(node => LinearOps.KernelOf(node.Op)).OfType<Size>()];
        bool isDense = region.Nodes.Any(node => node.Op is Conv2d or Linear) && region.Nodes.All(node => node.Op is Conv2d { Groups: 1 } or Linear or BatchNorm or Affine or AveragePool);
        if (!isDense || kernels.Length < 2)
        {
            return null;
        }

        long weights = graph.ShapeOf(region.Source)[0] * (1 + kernels.Sum(kernel => kernel.Height - 1L)) * (1 + kernels.Sum(kernel => kernel.Width - 1L));
        Shape result = graph.ShapeOf(region.Root.Name);
        return new(result.Count * weights, result[0] * weights * sizeof(float));
    }

    /// <summary>Whether neither the operations nor the bytes exceed those of <paramref name="other"/>.</summary>
    public bool IsAtMost(MergeCost other) => Operations <= other.Operations && Bytes <= other.Bytes;

    /// <summary>The sum of two costs.</summary>
    public static MergeCost operator +(MergeCost left, MergeCost right) => new(left.Operations + right.Operations, left.Bytes + right.Bytes);

    /// <summary>The cost as text: <c>1024 MACs and 4096 bytes of weights</c>.</summary>
    public override string ToString() => $"{Operations} MACs and {Bytes} bytes of weights";
}
