using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A sum of convolutions of the same input, each optionally followed by norms, and optionally of the input itself, which folds into one convolution.</summary>
internal sealed class BranchedConvolution
{
    private static readonly HashSet<string> KeepsNothing = [];
    private readonly List<(string Weight, int[] Positions)> _branches = [];
    private readonly bool[] _isFixed; // weights of the folded layer that the identity branch is added to

    private BranchedConvolution(Patch folding, string weightName, int weights)
    {
        (Folding, WeightName, _isFixed) = (folding, weightName, new bool[weights]);
    }

    /// <summary>The patch that folds the sum into one layer.</summary>
    internal Patch Folding { get; }

    /// <summary>The name of that layer's weight.</summary>
    internal string WeightName { get; }

    /// <summary>The number of that layer's weights.</summary>
    internal int Weights => _isFixed.Length;

    /// <summary>The model with every branch of several layers merged into one convolution.</summary>
    internal static Model MergeChains(Model model)
    {
        var merges = new List<Patch>();
        foreach (LinearRegion sum in Sums(model.Graph))
        {
            foreach (LinearRegion branch in Branches(model.Graph, sum))
            {
                if (branch.Nodes.Any(IsLayer) && Weighted(model.Graph, branch) is null && Try(model, branch) is RegionMerge merge)
                {
                    merges.Add(merge.Patch);
                }
            }
        }

        return merges.Count == 0 ? model : model.Apply([.. merges]);
    }

    /// <summary>All branched convolutions of a model, in graph order.</summary>
    internal static IEnumerable<BranchedConvolution> FindAll(Model model) => Sums(model.Graph).Select(sum => Of(model, sum)).OfType<BranchedConvolution>();

    /// <summary>Masks the weights of all branches according to the mask of the folded layer.</summary>
    /// <param name="model">The model with the branches.</param>
    /// <param name="folded">The mask of the folded layer's weight.</param>
    /// <param name="removed">The number of the folded layer's weights that are masked.</param>
    internal IEnumerable<KeyValuePair<string, Parameter>> Mask(Model model, Tensor folded, out long removed)
    {
        float[] keep = folded.To(ElementType.Float32).Read<float>().ToArray();
        for (int i = 0; i < keep.Length; i++)
        {
            keep[i] = _isFixed[i] ? 1 : keep[i];
        }

        removed = keep.Count(kept => kept == 0);
        return [.. _branches.Select(branch =>
        {
            Parameter parameter = model.Parameters[branch.Weight];
            Tensor mask = Tensor.From<float>(parameter.Value.Shape, Array.ConvertAll(branch.Positions, position => keep[position]));
            return KeyValuePair.Create(branch.Weight, parameter with { Mask = mask });
        })];
    }

    private static BranchedConvolution? Of(Model model, LinearRegion sum)
    {
        if (Try(model, sum) is not RegionMerge merge)
        {
            return null;
        }

        Model folded = model.Apply([merge.Patch]);
        if (folded.Graph[merge.Region.Into] is not { Op: Conv2d conv } layer)
        {
            return null;
        }

        var block = new BranchedConvolution(merge.Patch, layer.Parameter("weight"), (int)layer.Op.Parameters[0].Shape.Count);
        return Branches(model.Graph, sum).All(branch => block.Add(model, branch, conv)) && block._branches.Count > 1 ? block : null;
    }

    /// <summary>Finds the positions of a branch's weights in the folded layer; <see langword="false"/> if they have none.</summary>
    private bool Add(Model model, LinearRegion branch, Conv2d folded)
    {
        if (branch.Nodes.All(node => !IsLayer(node)))
        {
            return BranchPositions.TryPlace(Input(folded), folded, out int[] places) && Fix(places);
        }

        if (Weighted(model.Graph, branch) is not Node layer)
        {
            return false;
        }

        bool isPlaced = BranchPositions.TryPlace((Conv2d)layer.Op, folded, out int[] positions);
        _branches.Add((layer.Parameter("weight"), positions));
        return isPlaced;
    }

    private bool Fix(int[] places)
    {
        foreach (int place in places)
        {
            _isFixed[place] = true;
        }

        return true;
    }

    /// <summary>The identity branch as a depthwise 1x1 convolution.</summary>
    private static Conv2d Input(Conv2d folded) => new(folded.InChannels, folded.InChannels, 1) { Groups = folded.InChannels };

    /// <summary>The only convolution of a branch that consists of it and norms after it; <see langword="null"/> for other branches, and for standardized weights, which are not zero where the weights are.</summary>
    private static Node? Weighted(Graph graph, LinearRegion branch)
    {
        Node first = branch.Nodes[^1];
        bool isSole = first.Op is Conv2d { StandardizationEpsilon: null } && branch.Nodes.SkipLast(1).All(node => node.Op is BatchNorm);
        return isSole && graph.Nodes.Count(node => node.Parameters.Contains(first.Parameter("weight"))) == 1 ? first : null;
    }

    private static bool IsLayer(Node node) => node.Op is not BatchNorm;

    /// <summary>The additions of a network whose branches all start at the same node and consist of linear ops whose outputs no node outside the branches reads.</summary>
    private static IEnumerable<LinearRegion> Sums(Graph graph)
    {
        IReadOnlyDictionary<string, int> order = LinearRegion.Order(graph);
        foreach (Node node in graph.Nodes.Where(node => node.Op is Add))
        {
            LinearRegion? nearest = LinearRegion.EndingAt(graph, order, node).FirstOrDefault();
            if (nearest is not null && IsBlock(graph, nearest))
            {
                yield return nearest;
            }
        }
    }

    private static bool IsBlock(Graph graph, LinearRegion region) =>
        region.Dying(graph, KeepsNothing).Count == region.Nodes.Count
        && region.Nodes.Skip(1).All(node => node.Inputs.Count == 1)
        && graph.ShapeOf(region.Source).Rank == 3;

    /// <summary>The branches of a sum as separate regions; the region of an identity branch has no nodes.</summary>
    private static IEnumerable<LinearRegion> Branches(Graph graph, LinearRegion sum)
    {
        foreach (string operand in sum.Root.Inputs)
        {
            var nodes = new List<Node>();
            for (string name = operand; name != sum.Source; name = graph[name].Inputs[0])
            {
                nodes.Add(graph[name]);
            }

            yield return new LinearRegion(sum.Source, nodes.Count == 0 ? graph[sum.Source] : nodes[0], nodes);
        }
    }

    private static RegionMerge? Try(Model model, LinearRegion region) => RegionMerge.Try(model, region, KeepsNothing, new LinearFoldingOptions(Always: true), out _);
}
