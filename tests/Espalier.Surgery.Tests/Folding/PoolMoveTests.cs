using Espalier.Graphs;

namespace Espalier.Surgery.Tests;

/// <summary>Layers that see one pixel at a time go behind averaging pools, where there are fewer pixels.</summary>
public class PoolMoveTests
{
    [Fact]
    public void A_pointwise_convolution_before_global_pooling_merges_with_the_classifier()
    {
        Model model = FoldingNet.Build(8, 7, 7, x => x.Relu("relu").Conv2d("conv", 8, 1).BatchNorm("bn").GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 3));

        FoldingReport report = FoldingNet.Fold.Fold(model);

        Assert.Equal(["input", "relu", "pool", "flatten", "conv"], report.After.Graph.Nodes.Select(node => node.Name));
        Assert.Equal(new Linear(8, 3), report.After.Graph["conv"].Op);
        Assert.Contains(report.Merges, merge => merge.Transforms.Contains(MergeTransform.MovedAfterPool));
        Assert.InRange(FoldingNet.Change(model, report.After), 0, 2e-6);
    }

    [Fact]
    public void A_norm_before_global_pooling_goes_into_the_classifier()
    {
        Model model = FoldingNet.Build(8, 7, 7, x => x.Relu("relu").BatchNorm("bn").GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 3));

        Model folded = model.Apply(FoldingNet.Fold);

        Assert.Equal(["input", "relu", "pool", "flatten", "fc"], folded.Graph.Nodes.Select(node => node.Name));
        Assert.InRange(FoldingNet.Change(model, folded), 0, 2e-6);
    }

    [Theory]
    [InlineData(2, 2, 0, true, false)]
    [InlineData(3, 2, 1, false, false)]
    [InlineData(3, 2, 0, true, true)]
    public void A_transition_convolves_after_it_pools(int kernel, int stride, int padding, bool counted, bool ceil)
    {
        Model model = FoldingNet.Build(8, 8, 8, x => x.Relu("relu").Conv2d("conv", 4, 1, groups: 2, bias: true).AveragePool("pool", kernel, stride, padding, ceil, counted).Relu("out"));

        FoldingReport report = FoldingNet.Fold.Fold(model);

        Assert.Equal(["input", "relu", "pool", "conv", "out"], report.After.Graph.Nodes.Select(node => node.Name));
        Assert.True(report.CostAfter.Operations < report.CostBefore.Operations);
        Assert.InRange(FoldingNet.Change(model, report.After), 0, 2e-6);
    }

    [Fact]
    public void Pools_that_count_their_padding_and_layers_that_others_read_stay_where_they_are()
    {
        Model padded = FoldingNet.Build(8, 8, 8, x => x.Relu("relu").Conv2d("conv", 4, 1, bias: true).AveragePool("pool", 3, 2, 1));
        Model shared = FoldingNet.Build(8, 8, 8, x =>
        {
            Value conv = x.Relu("relu").Conv2d("conv", 4, 1);
            return conv.GlobalAveragePool("pool").Multiply("gate", conv.GlobalAveragePool("other"));
        });

        Assert.Same(padded, padded.Apply(FoldingNet.Fold));
        Assert.Same(shared, shared.Apply(FoldingNet.Fold));
        Assert.Contains(FoldingNet.Fold.Fold(shared).Refusals, refusal => refusal.Node == "pool" && refusal.Reason.Contains("other nodes also read it", StringComparison.Ordinal));
    }

    [Fact]
    public void A_layer_that_widens_too_little_to_gain_stays()
    {
        Model model = FoldingNet.Build(8, 8, 8, x => x.Relu("relu").Conv2d("conv", 4, 1).AdaptiveAveragePool("pool", 8));

        Assert.Same(model, model.Apply(FoldingNet.Fold));
    }
}
