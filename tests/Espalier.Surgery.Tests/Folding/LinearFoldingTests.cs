using Espalier.Graphs;
using Espalier.Tensors;

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
    public void A_linear_layer_of_block_diagonal_weights_stays_dense()
    {
        Model model = FoldingNet.Build(4, 5, 5, x => x.GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 4).BatchNorm("bn"));
        model = model.With(model.Parameters.With("fc.weight", new Parameter(Tensor.Zeros([4, 4])))); // as a fresh head often begins

        Model folded = model.Apply(FoldingNet.Fold);

        Assert.Equal(new Linear(4, 4), folded.Graph["fc"].Op);
        Assert.InRange(FoldingNet.Change(model, folded), 0, Tolerance);
    }

    [Fact]
    public void Norms_of_vectors_become_a_dense_layer_only_on_demand()
    {
        Model model = FoldingNet.Build(4, 5, 5, x => x.GlobalAveragePool("pool").Flatten("flatten").BatchNorm("a").BatchNorm("b"));

        Refused(model, FoldingNet.Fold, "b", "Cost: one layer would take 16 MACs and 64 bytes of weights instead of 8 MACs and 0 bytes");
        Model folded = model.Apply(FoldingNet.FoldAlways);
        Assert.Equal(new Linear(4, 4), folded.Graph["b"].Op);
        Assert.InRange(FoldingNet.Change(model, folded), 0, Tolerance);
    }

    [Fact]
    public void Many_kernels_in_a_row_are_weighed_before_they_are_multiplied()
    {
        // Multiplying them out would take hours.
        Model model = FoldingNet.Build(32, 130, 130, x => Enumerable.Range(0, 64).Aggregate(x, (y, i) => y.Conv2d($"conv{i}", 32, 3)));

        Refused(model, FoldingNet.Fold, "conv63", "Cost: one layer would take at least ");
        Assert.Same(model, model.Apply(FoldingNet.Fold));
    }

    [Fact]
    public void A_chain_with_more_sources_than_are_tried_at_once_still_becomes_one_layer()
    {
        Model model = FoldingNet.Build(4, 4, 4, x => Enumerable.Range(0, 200).Aggregate(x, (y, i) => y.Conv2d($"conv{i}", 4, 1)));

        Assert.Equal(new Conv2d(4, 4, 1), FoldingNet.OnlyLayer(model.Apply(FoldingNet.Fold)).Op);
    }

    [Fact]
    public void What_would_not_fit_into_memory_is_left_alone()
    {
        Model model = FoldingNet.Build(100_000, 1, 1, x => x.ChannelShuffle("a", 2).ChannelShuffle("b", 2).Relu("relu"));

        Refused(model, FoldingNet.FoldAlways, "b", "Cost: at 'a', a 1x1 map from 100000 to 100000 channels would take 10000000000 weights, and at most 134217728 are multiplied out");
    }

    [Fact]
    public void Strides_that_multiply_to_more_than_can_be_counted_stay_apart()
    {
        Model model = FoldingNet.Build(2, 3, 3, x => x.Conv2d("a", 2, 1, 65536).Conv2d("b", 2, 1, 65536).Relu("relu"));

        Refused(model, FoldingNet.FoldAlways, "b", "SamplingGrid: at 'b', strides of 65536x65536 and 65536x65536");
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
    public void A_norm_whose_channel_is_off_needs_no_padding_value_for_it()
    {
        Model model = FoldingNet.Build(4, 7, 7, x => x.BatchNorm("bn").Conv2d("conv", 4, 3, padding: 1));
        model = model.With(model.Parameters
            .With("bn.weight", new Parameter(Tensor.From([4], 0, 1, 0, 2)))
            .With("bn.bias", new Parameter(Tensor.From([4], 0, 1, 0, 2))));

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

        Refused(model, FoldingNet.Fold, "expand", "Cost: one layer would take at least 28224 MACs and 2304 bytes of weights instead of 7840 MACs and 640 bytes");
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
