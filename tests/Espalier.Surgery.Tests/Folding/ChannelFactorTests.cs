using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Factors per channel and standardized weights: how they fold, and what pruning does with them and with norms over all channels.</summary>
public class ChannelFactorTests
{
    [Fact]
    public void A_layer_scale_folds_into_the_convolution_before_it()
    {
        Model model = Build(x => x.Conv2d("conv", 8, 3, padding: 1, bias: true).BatchNorm("bn").Affine("scale", bias: false, weight: "gamma").Relu("relu").Affine("shift"));
        FoldingReport report = InferenceFolding.Fold(model);

        Assert.Equal(["input", "conv", "relu", "shift"], report.After.Graph.Nodes.Select(node => node.Op is Conv2d ? "conv" : node.Name));
        Assert.Contains(report.Merges, merge => merge.Transforms.Contains(MergeTransform.Affine));
        AssertSame(model, report.After);
    }

    [Fact]
    public void Norms_without_weight_and_bias_fold_and_those_without_statistics_do_not()
    {
        Model plain = Build(x => x.Conv2d("conv", 8, 3).BatchNorm("bn", affine: false).Relu("relu"));
        Assert.Equal(3, InferenceFolding.Fold(plain).After.Graph.Nodes.Length);
        AssertSame(plain, InferenceFolding.Fold(plain).After);

        Model untracked = Build(x => x.Conv2d("conv", 8, 3).BatchNorm("bn", runningStatistics: false).Relu("relu"));
        Assert.Contains(InferenceFolding.Fold(untracked).After.Graph.Nodes, node => node.Op is BatchNorm);
    }

    [Fact]
    public void Standardized_weights_fold_as_what_they_are()
    {
        Model model = Build(x => x.Conv2d("conv", 8, 3, standardizationEpsilon: 1e-6).BatchNorm("bn").Relu("relu").Conv2d("last", 4, 1, standardizationEpsilon: 1e-6));
        Model folded = InferenceFolding.Fold(model).After;
        Assert.DoesNotContain(folded.Graph.Nodes, node => node.Op is BatchNorm || (node.Op is Conv2d { StandardizationEpsilon: not null } && node.Name != "last"));
        AssertSame(model, folded);

        Assert.True(StandardizationRemoval.Changes(model));
        Model written = model.Apply(new StandardizationRemoval());
        Assert.False(StandardizationRemoval.Changes(written));
        AssertSame(model, written);
        float[] filter = written.Value(written.Graph["last"], "weight").Read<float>()[..8].ToArray();
        Assert.Equal(0, filter.Average(), 6);
        Assert.Equal(1, filter.Average(weight => weight * weight), 3);
    }

    [Fact]
    public void Pruning_writes_standardized_weights_first()
    {
        Model model = Build(x => x.Conv2d("a", 16, 3, standardizationEpsilon: 1e-6).Relu("r").Conv2d("b", 8, 3, standardizationEpsilon: 1e-6).Relu("s").Conv2d("c", 4, 1));
        PruningResult channels = model.Prune(new ChannelPruning { Target = PruningTarget.Fraction(0.5) });
        Assert.Equal(8, ((Conv2d)channels.Model.Graph["a"].Op).OutChannels);
        Assert.False(StandardizationRemoval.Changes(channels.Model));

        PruningResult weights = model.Prune(new WeightPruning { Target = PruningTarget.Fraction(0.5) });
        Parameter pruned = weights.Model.Parameters["b.weight"];
        Assert.Equal(pruned.Value.Shape.Count / 2, pruned.Effective.Read<float>().ToArray().Count(value => value == 0));
        Assert.Contains(weights.Model.Metadata.Lineage, entry => entry.Action == "remove weight standardization");
    }

    [Fact]
    public void Channels_that_a_layer_norm_or_a_response_norm_reads_stay_and_factors_go_with_theirs()
    {
        Model model = Build(x => x.Conv2d("a", 12, 3).LayerNorm("ln").Conv2d("b", 12, 1).LocalResponseNorm("lrn", 5).Conv2d("c", 12, 1).Affine("scale").Relu("r").Conv2d("d", 4, 1));
        Model pruned = model.Prune(new ChannelPruning { Target = PruningTarget.Fraction(0.5) }).Model;
        Assert.Equal([12, 12, 6, 4], pruned.Graph.Nodes.Select(node => node.Op).OfType<Conv2d>().Select(conv => conv.OutChannels));
        Assert.Equal(new Affine(6), pruned.Graph["scale"].Op);
        Assert.Equal([6], pruned.Parameters["scale.bias"].Value.Shape.Extents);
    }

    private static Model Build(Func<Value, Value> layers)
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(layers(net.Input(3, 9, 8)));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }

    private static void AssertSame(Model expected, Model actual)
    {
        Tensor input = CounterFill.Input(expected.Graph.ShapeOf(expected.Graph.Input.Name).Prepend(2));
        Assert.InRange(Difference.Relative(ReferenceExecutor.Run(expected, input), ReferenceExecutor.Run(actual, input)), 0, 1e-6);
    }
}
