using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery.Tests;

public class FoldingReportTests
{
    private static readonly Func<Value, Value> s_block = x => x.Conv2d("a", 8, 3, padding: 1).BatchNorm("bn_a").Add("sum", x.Conv2d("b", 8, 1).BatchNorm("bn_b")).Relu("relu");

    [Fact]
    public void A_merge_is_told_with_its_nodes_its_transforms_and_its_cost()
    {
        FoldingReport report = FoldingNet.Fold.Fold(FoldingNet.Build(8, 7, 7, s_block));

        FoldedRegion merge = Assert.Single(report.Merges);
        Assert.Equal("a, bn_a, b, bn_b, sum into a (BatchNorm, ParallelSum, MultiScale)", merge.ToString());
        Assert.Equal("input", merge.Source);
        Assert.Equal(new MergeCost(49 * ((8 * 72) + (8 * 8) + 16), 4 * ((8 * 72) + (8 * 8))), merge.Before);
        Assert.Equal(new MergeCost(49 * 8 * 72, 4 * 8 * 72), merge.After);
        Assert.Equal(merge.Before, report.CostBefore);
        Assert.Equal(merge.After, report.CostAfter);
    }

    [Fact]
    public void The_lineage_tells_settings_and_effect()
    {
        Model model = FoldingNet.Build(8, 7, 7, s_block);
        FoldingReport report = FoldingNet.FoldAlways.Fold(model);
        OutputDifference difference = PassVerification.Difference(model, report.After, FoldingNet.Sample(model), ReferenceRuntime.Instance);

        LineageEntry entry = report.ToLineage(new LinearFoldingOptions(Always: true), difference);

        Assert.Equal("fold", entry.Action);
        Assert.Equal(new LineageSetting("always", "true"), entry.Settings[0]);
        double Result(string name) => entry.Results.Single(result => result.Name == name).Value;
        Assert.Equal((7, 3), (Result("nodes_before"), Result("nodes")));
        Assert.Equal(49 * 8 * 72, Result("macs"));
        Assert.Equal(difference.Maximum, Result("maximum_difference"));
        Assert.InRange(Result("relative_difference"), 1e-9, 2e-6);
        Assert.DoesNotContain(report.ToLineage(default, null).Results, result => result.Name == "maximum_difference");
    }

    [Fact]
    public void Norms_of_near_zero_variance_are_reported()
    {
        Model model = FoldingNet.Build(2, 7, 7, x => x.Conv2d("conv", 2, 1).BatchNorm("bn"));
        model = model.With(model.Parameters.With("bn.running_var", new Parameter(Tensor.From<float>([2], [1f, 1e-9f]))));

        FoldingReport report = FoldingNet.Fold.Fold(model);

        Assert.Equal(["bn"], Assert.Single(report.Merges).IllConditioned);
        Assert.Equal("bn: 1 channel has a variance below epsilon 1E-05, the smallest is 1E-09", Assert.Single(report.IllConditioned).ToString());
    }

    [Fact]
    public void Weight_ranges_name_the_worst_channels_of_the_worst_layer_first()
    {
        Model model = FoldingNet.Build(1, 4, 4, x => x.Conv2d("a", 3, 1).Relu("relu").Conv2d("b", 3, 1));
        Parameter Of(Shape shape, params float[] values) => new(Tensor.From<float>(shape, values));
        model = model.With(model.Parameters.With("a.weight", Of([3, 1, 1, 1], -2, 1, 0.5f)).With("b.weight", Of([3, 3, 1, 1], 8, 0, 0, 0, 0, 0, 0, -0.125f, 0.1f)));

        WeightRange[] ranges = [.. WeightRange.Of(model)];

        Assert.Equal(["b", "a"], ranges.Select(range => range.Node));
        Assert.Equal((64, 1), (ranges[0].Ratio, ranges[0].ZeroChannels));
        Assert.Equal([2, 0], ranges[0].WorstChannels);
        Assert.Equal((4.0, 2), (ranges[1].Ratio, ranges[1].WorstChannels[0]));
    }
}
