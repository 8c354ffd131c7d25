using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The branch of a block that has the form of the replaced convolution. Its weights are set to compute the difference between the convolution and the other branches.</summary>
/// <param name="Block">The block.</param>
/// <param name="Convolution">The branch's convolution.</param>
/// <param name="Norm">The norm after the convolution, or <see langword="null"/>.</param>
internal sealed record MainBranch(Model Block, Node Convolution, Node? Norm)
{
    private string Output => Block.Graph.Outputs[0];

    /// <summary>The first branch that consists of a convolution with the attributes of <paramref name="original"/>, optionally with a norm, and leads to a sum.</summary>
    /// <remarks>Whether weights are standardized makes no difference: the branch gets those that the original uses, and standardization would change them, so its convolution has none.</remarks>
    internal static MainBranch Find(Model block, Node original)
    {
        Conv2d wanted = Plain((Conv2d)original.Op) with { Bias = false };
        Graph graph = block.Graph;
        foreach (Node node in graph.Nodes.Where(node => node.Op is Conv2d conv && Plain(conv) with { Bias = false } == wanted && node.Inputs[0] == graph.Input.Name))
        {
            Node? norm = graph.HasSingleUse(node.Name) && graph.UsersOf(node.Name)[0] is { Op: BatchNorm } user ? user : null;
            if (LeadsToSum(graph, norm ?? node))
            {
                Node convolution = node with { Op = Plain((Conv2d)node.Op) };
                return new MainBranch(block.Apply(new Patch(node.Name).Put(convolution)), convolution, norm);
            }
        }

        throw new GraphException(original.Name, "the block has no branch with the convolution's attributes that is added to another branch");
    }

    private static Conv2d Plain(Conv2d conv) => conv with { StandardizationEpsilon = null };

    private static bool LeadsToSum(Graph graph, Node node)
    {
        bool isSummed = false;
        while (graph.HasSingleUse(node.Name) && graph.UsersOf(node.Name)[0] is { Op: Add } sum)
        {
            (node, isSummed) = (sum, true);
        }

        return isSummed && graph.Outputs[0] == node.Name;
    }

    /// <summary>The map that the block computes without this branch.</summary>
    internal LinearMap Rest()
    {
        Parameters parameters = Block.Parameters;
        foreach (string name in ((string[])["weight", "bias"]).SelectMany(role => Names(role)))
        {
            Parameter parameter = parameters[name];
            parameters = parameters.With(name, parameter with { Value = Tensor.Zeros(parameter.Value.Shape) });
        }

        Model silenced = Block.With(parameters);
        Graph graph = silenced.Graph;
        LinearRegion? region = LinearRegion.EndingAt(graph, LinearRegion.Order(graph), graph[Output]).FirstOrDefault(region => region.Source == graph.Input.Name);
        if (region is null)
        {
            throw new GraphException(Convolution.Name, "the block is not linear");
        }

        return RegionMap.Of(silenced, region).IsMerged(out LinearMap? map, out MergeRefusal? refusal)
            ? map
            : throw new GraphException(Convolution.Name, $"the block cannot be merged into one convolution: {refusal.Reason}");
    }

    /// <summary>Sets the branch's parameters so that it computes <paramref name="map"/> with the norm's statistics.</summary>
    internal Patch Numbers(Patch patch, LinearMap map, NormStatistics statistics, Tensor? mask)
    {
        if (Norm is null)
        {
            return WithoutNorm(patch, map, mask);
        }

        double[] scale = statistics.Scale();
        double[] shift = [.. map.Bias.Select((bias, c) => bias + (statistics.Mean[c] * scale[c]))];
        LinearMap inner = ChannelScaling.After(map with { Bias = new double[map.OutChannels] }, new ChannelAffine([.. scale.Select(s => 1 / s)], new double[map.OutChannels]));
        patch = patch.Put(Norm with { Op = statistics.Op with { Affine = true } }).Set(Convolution.Parameter("weight"), Weight(inner, mask));
        patch = ((Conv2d)Convolution.Op).Bias ? patch.Set(Convolution.Parameter("bias"), new Parameter(Tensor.Zeros([map.OutChannels]))) : patch;
        return patch
            .Set(Norm.Parameter("weight"), new Parameter(Tensor.From<float>([map.OutChannels], statistics.Weight)))
            .Set(Norm.Parameter("bias"), new Parameter(Doubles.ToFloat(shift, [map.OutChannels])))
            .Set(Norm.Parameter("running_mean"), Buffer(statistics.Mean))
            .Set(Norm.Parameter("running_var"), Buffer(statistics.Variance));
    }

    private Patch WithoutNorm(Patch patch, LinearMap map, Tensor? mask)
    {
        var node = new Node(Convolution.Name, (Conv2d)Convolution.Op with { Bias = map.HasBias }, patch.Nodes.First(put => put.Name == Convolution.Name).Inputs);
        patch = patch.Put(node).Set(node.Parameter("weight"), Weight(map, mask));
        return map.HasBias ? patch.Set(node.Parameter("bias"), new Parameter(Doubles.ToFloat(map.Bias, [map.OutChannels]))) : patch;
    }

    private Parameter Weight(LinearMap map, Tensor? mask) => new(Doubles.ToFloat(map.Weight, Convolution.Op.Parameters[0].Shape)) { Mask = mask };

    private static Parameter Buffer(float[] values) => new(Tensor.From<float>([values.Length], values)) { Trainable = false };

    private IEnumerable<string> Names(string role) =>
        new[] { Convolution, Norm }.OfType<Node>().Where(node => node.Op.Parameters.Any(spec => spec.Role == role)).Select(node => node.Parameter(role));
}
