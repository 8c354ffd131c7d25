using Espalier.Graphs;

namespace Espalier.Surgery.Tests;

public class LinearFoldingTests
{
    private const double Tolerance = 2e-6;

    [Fact]
    public void A_block_of_branches_becomes_one_layer_named_after_the_block()
    {
        Model model = FoldingNet.Build(8, 9, 7, x => x.In("layer1", y => RepVgg(y)).Relu("relu"));

        Model folded = model.Apply(FoldingNet.Fold);

        Assert.Equal("layer1 = conv2d(8→8, 3x3, padding 1, bias) of input", folded.Graph.Nodes[1].ToString());
        Assert.Equal(["layer1.bias", "layer1.weight"], folded.Parameters.Keys);
        Assert.InRange(FoldingNet.Change(model, folded), 0, Tolerance);
    }

    [Fact]
    public void A_layer_and_its_norm_keep_the_layers_name()
    {
        Model model = FoldingNet.Build(4, 9, 7, x => x.Conv2d("conv1", 6, 3).BatchNorm("bn1").Relu("relu1").Conv2d("conv2", 4, 1).BatchNorm("bn2").Relu("relu2"));

        Model folded = model.Apply(FoldingNet.Fold);

        Assert.Equal(["input", "conv1", "relu1", "conv2", "relu2"], folded.Graph.Nodes.Select(node => node.Name));
        Assert.InRange(FoldingNet.Change(model, folded), 0, Tolerance);
    }

    [Fact]
    public void Vectors_fold_into_one_linear_layer()
    {
        Model model = FoldingNet.Build(4, 5, 5, x =>
        {
            Value y = x.GlobalAveragePool("pool").Flatten("flatten");
            return y.Linear("a", 8).BatchNorm("bn").Add("sum", y.Linear("b", 8));
        });

        Model folded = model.Apply(FoldingNet.Fold);

        Assert.Equal(["input", "pool", "flatten", "a"], folded.Graph.Nodes.Select(node => node.Name));
        Assert.IsType<Linear>(folded.Graph["a"].Op);
        Assert.InRange(FoldingNet.Change(model, folded), 0, Tolerance);
    }

    [Fact]
    public void Slices_that_are_convolved_and_joined_become_a_grouped_convolution()
    {
        Model model = FoldingNet.Build(8, 7, 7, x => x.ChannelSlice("low", 0, 4).Conv2d("a", 4, 3, padding: 1)
            .Concat("cat", x.ChannelSlice("high", 4, 4).Conv2d("b", 4, 3, padding: 1)));

        Model folded = model.Apply(FoldingNet.Fold);

        Assert.Equal(2, ((Conv2d)FoldingNet.OnlyLayer(folded).Op).Groups);
        Assert.InRange(FoldingNet.Change(model, folded), 0, Tolerance);
    }

    [Fact]
    public void A_norm_before_a_padded_convolution_becomes_padding_of_its_own_value()
    {
        Model model = FoldingNet.Build(4, 7, 7, x => x.BatchNorm("bn").Conv2d("conv", 4, 3, padding: 1));

        Model folded = model.Apply(FoldingNet.Fold);

        Assert.Equal(["input", "conv_pad", "conv"], folded.Graph.Nodes.Select(node => node.Name));
        Assert.InRange(FoldingNet.Change(model, folded), 0, Tolerance);
    }

    [Fact]
    public void What_others_read_stays_and_the_rest_is_merged()
    {
        Model model = FoldingNet.Build(4, 7, 7, x =>
        {
            Value shared = x.Conv2d("shared", 4, 3, padding: 1).BatchNorm("bn");
            return shared.Relu("relu").Add("sum", shared);
        });

        Model folded = model.Apply(FoldingNet.Fold);

        Assert.Equal(["input", "shared", "relu", "sum"], folded.Graph.Nodes.Select(node => node.Name));
        Assert.InRange(FoldingNet.Change(model, folded), 0, Tolerance);
    }

    [Fact]
    public void Tied_weights_stay_what_they_are_for_the_others()
    {
        Model model = FoldingNet.Build(4, 6, 6, x =>
        {
            Value a = x.Conv2d("a", 4, 3, padding: 1).BatchNorm("bn").Relu("relu");
            return x.Builder.Append("b", new Conv2d(4, 4, 3) { Padding = 1 }, [a], tiedTo: "a");
        });

        Model folded = model.Apply(FoldingNet.Fold);

        Assert.True(model.Parameters["a.weight"].Value.BitEquals(folded.Parameters["a.weight"].Value));
        Assert.InRange(FoldingNet.Change(model, folded), 0, Tolerance);
    }

    [Fact]
    public void A_merge_that_costs_more_is_made_only_on_demand()
    {
        Model model = FoldingNet.Build(8, 7, 7, x => x.Conv2d("squeeze", 2, 1).Conv2d("expand", 8, 3, padding: 1));

        Refused(model, FoldingNet.Fold, "expand", "Cost: one layer would take 28224 MACs and 2304 bytes of weights instead of 7840 MACs and 640 bytes");
        Model folded = model.Apply(FoldingNet.FoldAlways);
        Assert.Equal("expand", FoldingNet.OnlyLayer(folded).Name);
        Assert.InRange(FoldingNet.Change(model, folded), 0, Tolerance);
    }

    private static Value RepVgg(Value x)
    {
        Value dense = x.Conv2d("rbr_dense.conv", x.Channels, 3, padding: 1).BatchNorm("rbr_dense.bn");
        Value point = x.Conv2d("rbr_1x1.conv", x.Channels, 1).BatchNorm("rbr_1x1.bn");
        return dense.Add("add1", point).Add("add2", x.BatchNorm("rbr_identity"));
    }

    private static void Refused(Model model, LinearFolding fold, string node, string reason)
    {
        PassPlan plan = fold.Plan(model);
        Assert.Contains(plan.Refusals, refusal => refusal.Node == node && refusal.Reason.StartsWith(reason, StringComparison.Ordinal));
        Assert.True(model.Graph.TryFind(node, out Node? there) && model.Apply(fold).Graph[node] == there);
    }
}
