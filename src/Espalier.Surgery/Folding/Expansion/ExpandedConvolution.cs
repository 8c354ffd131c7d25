using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The replacement of one convolution, and the batch norm after it, by a block.</summary>
internal sealed class ExpandedConvolution
{
    private readonly Model _model;
    private readonly Node _node;
    private readonly Node? _norm;

    internal ExpandedConvolution(Model model, Node node)
    {
        (_model, _node) = (model, node);
        _norm = model.Graph.HasSingleUse(node.Name) && model.Graph.UsersOf(node.Name)[0] is { Op: BatchNorm { RunningStatistics: true } } norm ? norm : null;
    }

    private Node Last => _norm ?? _node;

    /// <summary>The patch that replaces the convolution and its norm by the template's block.</summary>
    /// <exception cref="GraphException">The block cannot compute the convolution's function.</exception>
    internal Patch Into(BlockTemplate template)
    {
        Shape input = _model.Graph.ShapeOf(_node.Inputs[0]);
        Model block = template(_node.Name, (Conv2d)_node.Op, input);
        RequireFit(block, input);
        MainBranch main = MainBranch.Find(block, _node);
        block = main.Block;
        LinearMap rest = main.Rest();
        (Tensor? mask, string fate) = Mask();
        if (mask is { } pruned && !IsSilent(rest))
        {
            (block, mask, fate) = Masked(block, main, pruned);
            main = main with { Block = block };
            rest = main.Rest();
        }

        Patch patch = Nodes(block, new Patch($"{_node.Name}{(_norm is null ? "" : $", {_norm.Name}")} into {block.Graph.Nodes.Length - 1} nodes{fate}"));
        patch = main.Numbers(patch, Remainder(rest), Statistics(main), mask);
        return patch.Redirect(Last.Name, block.Graph.Outputs[0]);
    }

    /// <summary>The mask of the weights that the convolution uses, and what becomes of standardization for the report.</summary>
    private (Tensor? Mask, string Fate) Mask()
    {
        const string Written = "; the standardized weights become its own";
        Tensor? mask = _model.Parameters[_node.Parameter("weight")].Mask;
        return _node.Op is not Conv2d { StandardizationEpsilon: not null } ? (mask, "")
            : mask is null ? (null, Written)
            : (null, $"{Written}, and its pruning mask is dropped, because these are not zero where the weights are");
    }

    /// <summary>Masks the convolution's pruned weights in every branch that has a weight at their position, so that they remain zero when the block is folded. This is possible if no branch has several layers.</summary>
    /// <returns>The block, the mask of the main branch, and what became of the mask for the report.</returns>
    private static (Model Block, Tensor? Mask, string Fate) Masked(Model block, MainBranch main, Tensor mask)
    {
        BranchedConvolution? branches = BranchedConvolution.FindAll(block).FirstOrDefault(found => found.Weights == mask.Shape.Count);
        if (branches is null)
        {
            return (block, null, "; its pruning mask is dropped, because a branch of several layers or of standardized weights has no weights that are zero at the masked positions");
        }

        Model masked = block.With(block.Parameters.With(branches.Mask(block, mask, out long removed)));
        long before = Zeros(mask);
        string fate = removed == before ? "" : string.Create(CultureInfo.InvariantCulture, $"; {before - removed} of its {before} masked weights are no longer masked, because the identity branch is added to them");
        return (masked, masked.Parameters[main.Convolution.Parameter("weight")].Mask, fate);
    }

    private static long Zeros(Tensor mask)
    {
        long zeros = 0;
        foreach (float kept in mask.To(ElementType.Float32).Read<float>())
        {
            zeros += kept == 0 ? 1 : 0;
        }

        return zeros;
    }

    private void RequireFit(Model block, Shape input)
    {
        Graph graph = block.Graph;
        if (graph.ShapeOf(graph.Input.Name) != input || graph.Outputs.Count != 1 || graph.ShapeOf(graph.Outputs[0]) != _model.Graph.ShapeOf(_node.Name))
        {
            GraphException.Throw(_node.Name, $"the block maps {graph.ShapeOf(graph.Input.Name)} to {graph.ShapeOf(graph.Outputs[0])}, expected {input} to {_model.Graph.ShapeOf(_node.Name)}");
        }

        if (graph.Nodes.FirstOrDefault(node => node.Op is not Input && (node.Name == _node.Name || !ScopeName.Contains(_node.Name, node.Name) || _model.Graph.TryFind(node.Name, out _))) is Node stray)
        {
            GraphException.Throw(_node.Name, $"the block's node '{stray.Name}' is outside its scope, or the network has a node of that name");
        }
    }

    /// <summary>Adds the block's nodes and parameters; the block reads the convolution's input.</summary>
    private Patch Nodes(Model block, Patch patch)
    {
        string entry = block.Graph.Input.Name;
        foreach (Node node in block.Graph.Nodes.Where(node => node.Op is not Input))
        {
            patch = patch.Put(node with { Inputs = ValueList.From(node.Inputs.Select(name => name == entry ? _node.Inputs[0] : name)) });
        }

        return block.Parameters.Aggregate(patch, (patch, parameter) => patch.Set(parameter.Key, parameter.Value));
    }

    /// <summary>The map that the main branch must compute: the convolution with its norm, minus the sum of the other branches.</summary>
    private LinearMap Remainder(LinearMap rest)
    {
        LinearMap whole = LinearOps.Read(_model, _node).Map!;
        whole = _norm is null ? whole : ChannelScaling.After(whole, ChannelAffine.OfBatchNorm(_model, _norm));
        if (IsSilent(rest))
        {
            return whole;
        }

        MergeResult difference = ParallelMerge.Sum(whole, ChannelScaling.After(rest, ChannelAffine.Uniform(rest.OutChannels, -1)));
        if (!difference.IsMerged(out LinearMap? map, out MergeRefusal? refusal))
        {
            throw new GraphException(_node.Name, $"the block's other branches cannot be subtracted from the convolution: {refusal.Reason}");
        }

        return (map.Kernel, map.Dilation, map.Padding, map.Groups) == (whole.Kernel, whole.Dilation, whole.Padding, whole.Groups)
            ? map
            : throw new GraphException(_node.Name, $"the block's other branches have a larger kernel or fewer groups than the convolution: a {map.Kernel} kernel in {map.Groups} group(s) instead of {whole.Kernel} in {whole.Groups}");
    }

    private static bool IsSilent(LinearMap rest) => !rest.HasBias && Array.TrueForAll(rest.Weight, weight => weight == 0);

    /// <summary>The norm of the main branch: the convolution's norm, or an identity if there is none. Channels whose scale is 0 get the identity too, because no weights could be divided by that scale.</summary>
    private NormStatistics Statistics(MainBranch main)
    {
        NormStatistics plain = NormStatistics.Neutral(((Conv2d)_node.Op).OutChannels, (_norm ?? main.Norm)?.Op as BatchNorm);
        return _norm is null ? plain : NormStatistics.Of(_model, _norm).WhereScaled(plain);
    }
}
