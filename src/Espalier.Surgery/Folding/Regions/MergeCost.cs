using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>What nodes cost at inference.</summary>
/// <remarks>Unlike published MACs this counts the work of norms and average pools, so that taking them away is a gain; numbers for each channel (biases, norms) count no bytes.</remarks>
/// <param name="Operations">Multiply-accumulates for one sample.</param>
/// <param name="Bytes">Bytes of float32 weights to read.</param>
internal readonly record struct MergeCost(long Operations, long Bytes)
{
    /// <summary>Nothing.</summary>
    internal static MergeCost None => default;

    /// <summary>The cost of a node of a graph.</summary>
    internal static MergeCost Of(Graph graph, Node node)
    {
        long results = graph.ShapeOf(node.Name).Count;
        return node.Op switch
        {
            Conv2d or Linear => new(MultiplyAccumulates.Of(graph, node), node.Op.Parameters[0].Shape.Count * sizeof(float)),
            BatchNorm => new(results, 0),
            AveragePool pool => new(results * pool.Kernel.Area, 0),
            _ => None,
        };
    }

    /// <summary>The cost of a map as a convolution or linear layer with a result of <paramref name="shape"/>.</summary>
    internal static MergeCost Of(LinearMap map, Shape shape) =>
        map.IsIdentity ? None : new(shape.Count * map.GroupInputs * map.Kernel.Area, map.Weight.LongLength * sizeof(float));

    /// <summary>Whether neither number is greater than the other's.</summary>
    internal bool IsAtMost(MergeCost other) => Operations <= other.Operations && Bytes <= other.Bytes;

    /// <summary>Both.</summary>
    public static MergeCost operator +(MergeCost left, MergeCost right) => new(left.Operations + right.Operations, left.Bytes + right.Bytes);

    /// <summary><c>1024 MACs and 4096 bytes of weights</c>.</summary>
    public override string ToString() => $"{Operations} MACs and {Bytes} bytes of weights";
}
