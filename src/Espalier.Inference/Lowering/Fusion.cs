using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Groups the nodes of a graph into kernel calls.</summary>
internal static class Fusion
{
    /// <summary>The kernel calls of what is computed in floating point, in topological order.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="integers">Its values in 8-bit integers, which other steps compute.</param>
    /// <param name="fusesNorms">Whether norms are fused into the layers before them.</param>
    internal static ImmutableArray<FusedNode> Group(Graph graph, IntegerValues integers, bool fusesNorms)
    {
        var groups = ImmutableArray.CreateBuilder<FusedNode>();
        var ready = new HashSet<string>(StringComparer.Ordinal);
        var absorbed = new HashSet<string>(StringComparer.Ordinal);
        IReadOnlySet<string> computed = integers.InFloatingPoint(graph);
        foreach (Node node in graph.Nodes)
        {
            if (integers.PointOf(node.Name) is not null)
            {
                ready.Add(node.Name);
            }

            if (absorbed.Contains(node.Name) || !computed.Contains(node.Name))
            {
                continue;
            }

            var alone = new FusedNode(node, node, null, null, Activation.None);
            FusedNode layer = fusesNorms ? WithNorm(graph, alone, absorbed) : alone;
            FusedNode group = WithActivation(graph, WithResidual(graph, layer, ready, absorbed), absorbed);
            groups.Add(group);
            ready.Add(group.Result.Name);
        }

        return groups.ToImmutable();
    }

    private static FusedNode WithNorm(Graph graph, FusedNode group, HashSet<string> absorbed)
    {
        if (graph.UsersOf(group.Node.Name).FirstOrDefault() is not Node norm || !OutputAffine.IsNormOfLayer(graph, norm))
        {
            return group;
        }

        absorbed.Add(norm.Name);
        return group with { Result = norm, Norm = norm };
    }

    // A sum is fused into whichever of its two branches is computed last, when the other's value exists.
    private static FusedNode WithResidual(Graph graph, FusedNode group, HashSet<string> ready, HashSet<string> absorbed)
    {
        string name = group.Result.Name;
        if (group.Node.Op is not Conv2d || !graph.HasSingleUse(name))
        {
            return group;
        }

        Node sum = graph.UsersOf(name)[0];
        if (sum.Op is not Add || sum.Inputs.Count != 2)
        {
            return group;
        }

        string other = sum.Inputs[0] == name ? sum.Inputs[1] : sum.Inputs[0];
        if (!ready.Contains(other))
        {
            return group;
        }

        absorbed.Add(sum.Name);
        return group with { Result = sum, Residual = other };
    }

    private static FusedNode WithActivation(Graph graph, FusedNode group, HashSet<string> absorbed)
    {
        string name = group.Result.Name;
        if (!CanEndInActivation(group.Node.Op) || !graph.HasSingleUse(name) || graph.UsersOf(name)[0] is not { Op: ActivationOp op } user)
        {
            return group;
        }

        absorbed.Add(user.Name);
        return group with { Result = user, Activation = op.Activation };
    }

    /// <summary>Whether the op's kernel can apply an activation to what it has made.</summary>
    private static bool CanEndInActivation(Op op) => op.Type switch
    {
        OpType.Conv2d or OpType.Linear or OpType.Add or OpType.Multiply or OpType.BatchNorm or OpType.GroupNorm or OpType.LayerNorm or OpType.Affine or OpType.StochasticDepth => true,
        OpType.Input or OpType.LocalResponseNorm or OpType.Quantize or OpType.Activation or OpType.Softmax or OpType.Concat or OpType.Dropout or OpType.Flatten
            or OpType.MaxPool or OpType.AveragePool or OpType.AdaptiveAveragePool or OpType.AdaptiveMaxPool or OpType.BlurPool or OpType.ChannelConv1d or OpType.PRelu
            or OpType.RadixSoftmax or OpType.Pad or OpType.PadChannels or OpType.ChannelSlice or OpType.ChannelShuffle => false,
    };
}
