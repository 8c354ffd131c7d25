using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Moves 1x1 convolutions and norms after the average pool that follows them, where they process fewer pixels. The weights do not change, but standardized ones become the layer's own where it becomes a linear layer.</summary>
/// <remarks>After a global average pool and a flatten op a convolution becomes a linear layer, which can be merged with the classifier.</remarks>
internal sealed class PoolMoves
{
    private readonly Model _model;

    private PoolMoves(Model model) => _model = model;

    /// <summary>The layers before average pools that are not moved, with the reasons.</summary>
    internal List<FoldingRefusal> Refusals { get; } = [];

    private Graph Graph => _model.Graph;

    /// <summary>Returns the first possible move, or <see langword="null"/> and the refusals.</summary>
    internal static FoldingStep? Find(Model model, out IReadOnlyList<FoldingRefusal> refusals)
    {
        var moves = new PoolMoves(model);
        refusals = moves.Refusals;
        return model.Graph.Nodes.Where(node => MeanPooling.IsMean(node.Op)).Select(moves.Move).FirstOrDefault(step => step is not null);
    }

    private FoldingStep? Move(Node pool)
    {
        Node layer = Graph[pool.Inputs[0]];
        if (layer.Op is not (Conv2d or BatchNorm or Affine) || !LinearOps.IsLinear(layer.Op) || OutputAffine.IsNormOfLayer(Graph, layer))
        {
            return null; // a norm that is folded into the layer before it costs nothing
        }

        if (WhyNot(pool, layer) is MergeRefusal refusal)
        {
            Refusals.Add(new FoldingRefusal(pool.Name, refusal.Rule, refusal.Reason));
            return null;
        }

        Node last = Last(pool, layer);
        Patch patch = new Patch($"{layer.Name} behind {last.Name}").Put(pool with { Inputs = layer.Inputs });
        patch = Place(patch, layer, last).Redirect(last.Name, layer.Name);
        var region = new FoldedRegion([layer.Name, pool.Name], layer.Inputs[0], layer.Name, [MergeTransform.MovedAfterPool], CostBefore(pool, layer), CostAfter(pool, layer));
        return new FoldingStep([[patch]], [region]);
    }

    private MergeRefusal? WhyNot(Node pool, Node layer)
    {
        if (!Graph.HasSingleUse(layer.Name))
        {
            return new MergeRefusal(MergeRule.Cost, $"'{layer.Name}' cannot be moved after the pool, because other nodes also read it");
        }

        if (!LinearOps.Read(_model, layer).IsMerged(out LinearMap? map, out MergeRefusal? refusal) || !MeanPooling.MoveBehind(map).IsMerged(out _, out refusal))
        {
            return refusal with { Reason = $"'{layer.Name}' cannot be moved after the pool: {refusal.Reason}" };
        }

        (MergeCost before, MergeCost after) = (CostBefore(pool, layer), CostAfter(pool, layer));
        return after.Operations < before.Operations ? null : new MergeRefusal(MergeRule.Cost, $"'{layer.Name}' after the pool would take {after} instead of {before}");
    }

    private MergeCost CostBefore(Node pool, Node layer) => MergeCost.Of(Graph, [layer, pool]);

    /// <summary>The cost after the move: the layer's operations are proportional to its output pixels, and the pool's operations to its input channels.</summary>
    private MergeCost CostAfter(Node pool, Node layer)
    {
        (FeatureMap source, FeatureMap wide, FeatureMap narrow) = (Map(layer.Inputs[0]), Map(layer.Name), Map(pool.Name));
        (MergeCost work, MergeCost mean) = (MergeCost.Of(Graph, layer), MergeCost.Of(Graph, pool));
        return new MergeCost((work.Operations / wide.Size.Area * narrow.Size.Area) + (mean.Operations / wide.Channels * source.Channels), work.Bytes);
    }

    private FeatureMap Map(string node) => FeatureMap.Of(Graph.ShapeOf(node));

    /// <summary>The node after which to place the layer: the pool, or the flatten op after it if the layer can read a vector.</summary>
    private Node Last(Node pool, Node layer)
    {
        bool isVector = Map(pool.Name).Size == 1 && Graph.HasSingleUse(pool.Name) && Graph.UsersOf(pool.Name)[0].Op is Flatten;
        bool canReadVector = layer.Op is BatchNorm or Affine || (layer.Op is Conv2d { Groups: 1 } && !IsTied(layer));
        return isVector && canReadVector ? Graph.UsersOf(pool.Name)[0] : pool;
    }

    private bool IsTied(Node layer) => Graph.Nodes.Any(node => node.Name != layer.Name && node.Parameters.Any(layer.Parameters.Contains));

    private Patch Place(Patch patch, Node layer, Node last)
    {
        if (last.Op is not Flatten || layer.Op is not Conv2d conv)
        {
            return patch.Put(layer with { Inputs = [last.Name] });
        }

        var linear = new Linear(conv.InChannels, conv.OutChannels, conv.Bias);
        string name = layer.Parameter("weight");
        Parameter weight = StandardizedWeights.Written(_model, layer).Weight;
        Shape shape = linear.Parameters[0].Shape;
        return patch.Put(layer with { Op = linear, Inputs = [last.Name] })
            .Set(name, weight with { Value = weight.Value.Reshape(shape), Mask = weight.Mask?.Reshape(shape) });
    }
}
