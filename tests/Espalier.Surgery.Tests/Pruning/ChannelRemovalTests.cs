using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>The narrow network computes what the wide one does when the removed channels are silent.</summary>
public class ChannelRemovalTests
{
    private const int Seeds = 500;
    private const double Tolerance = 1e-5;

    private static readonly RandomGraphOptions s_small = new() { SmallestInput = 4, LargestInput = 8, Blocks = 4, Channels = 16, ManyOutputs = true };

    [Theory]
    [InlineData(GroupedChannels.Automatic)]
    [InlineData(GroupedChannels.WholeGroups)]
    [InlineData(GroupedChannels.EvenlyPerGroup)]
    public void Narrow_equals_masked_on_random_networks(GroupedChannels grouped)
    {
        int narrower = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Model model = RandomGraphs.CreateModel(seed, s_small);
            ChannelGroups groups = ChannelGroups.Find(model.Graph, grouped);
            ChannelUnit[] removed = Choose(groups, seed);
            narrower += removed.Length > 0 ? 1 : 0;
            double change = Run(seed, () => Change(ChannelMask.Apply(model, groups, removed), model.Apply(new ChannelRemoval(groups, removed))));
            Assert.True(change <= Tolerance, $"seed {seed}: {change:E2}");
        }

        Assert.InRange(narrower, Seeds * 8 / 10, Seeds); // it is no test of removal if little goes
    }

    [Fact]
    public void Constants_of_zero_filters_go_where_they_are_read_on_random_networks()
    {
        (int went, int stayed, int carried) = (0, 0, 0);
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Model model = RandomGraphs.CreateModel(seed, s_small);
            ChannelGroups groups = ChannelGroups.Find(model.Graph);
            ConstantsInBiases constants = ChannelConstants.Carry(model, groups, Choose(groups, seed));
            (went, stayed) = (went + constants.Removed.Length, stayed + constants.Refusals.Length);
            carried += constants.Model == model ? 0 : 1;
            ChannelUnit[] removed = [.. constants.Removed.Select(unit => groups.Units[unit.Index])];
            double change = Run(seed, () => Change(ChannelMask.Filters(model, groups, removed), constants.Model.Apply(new ChannelRemoval(constants.Groups, constants.Removed))));
            Assert.True(change <= Tolerance, $"seed {seed}: {change:E2}");
        }

        Assert.True(went > Seeds && stayed > Seeds && carried > Seeds / 4, $"{went} went, {stayed} stayed, {carried} networks got other biases");
    }

    [Fact]
    public void A_constant_is_carried_through_norm_and_activation_into_a_bias()
    {
        Model model = FoldingNet.Build(2, 4, 4, x => x.Conv2d("a", 2, 1).BatchNorm("bn", 0).Relu("r").Conv2d("b", 1, 1));
        model = model.With(model.Parameters
            .With("bn.weight", new Parameter(Tensor.From([2], 2, 2)))
            .With("bn.bias", new Parameter(Tensor.From([2], 5, 5)))
            .With("bn.running_mean", new Parameter(Tensor.From([2], 3, 3)))
            .With("bn.running_var", new Parameter(Tensor.From([2], 4, 4)))
            .With("b.weight", new Parameter(Tensor.From([1, 2, 1, 1], 7, 10))));
        ChannelGroups groups = ChannelGroups.Find(model.Graph);

        ConstantsInBiases carried = ChannelConstants.Carry(model, groups, [groups.Units[1]]);

        Assert.Equal([20], carried.Model.Parameters["b.bias"].Value.Read<float>().ToArray()); // 10 · relu(5 − 3 · 2 / √4)
    }

    [Theory]
    [InlineData("acb")]
    [InlineData("dbb")]
    [InlineData("repvgg")]
    [InlineData("mobileone")]
    public void Pruned_blocks_of_branches_still_fold_into_one_convolution(string block)
    {
        var options = new MultiBranchOptions(8) { Kernel = 3 };
        Model model = FoldingNet.Build(8, 9, 9, x => Block(block, Block(block, x.Conv2d("stem", 8, 1).Relu("r0"), "one", options).Relu("r1"), "two", options).Relu("r2").Conv2d("end", 3, 1));
        ChannelGroups groups = ChannelGroups.Find(model.Graph);
        ChannelUnit[] removed = Choose(groups, 5);
        Model narrow = model.Apply(new ChannelRemoval(groups, removed));

        Model folded = narrow.Apply(FoldingNet.Fold);

        Assert.NotEmpty(removed);
        Assert.Equal(model.Apply(FoldingNet.Fold).Graph.Nodes.Select(node => node.Name), folded.Graph.Nodes.Select(node => node.Name));
        Assert.InRange(Change(narrow, folded), 0, Tolerance);
        Assert.InRange(Change(ChannelMask.Apply(model, groups, removed), folded), 0, Tolerance);
    }

    [Theory]
    [InlineData("acb")]
    [InlineData("dbb")]
    [InlineData("repvgg")]
    [InlineData("mobileone")]
    public void Pruning_then_folding_is_folding_then_pruning(string block)
    {
        var options = new MultiBranchOptions(8) { Kernel = 3 };
        Model model = FoldingNet.Build(8, 9, 9, x => Block(block, x.Conv2d("stem", 8, 1).Relu("before"), "block", options).Relu("after").Conv2d("end", 3, 1));
        Model folded = model.Apply(FoldingNet.Fold);

        Model first = Without(model, [1, 4, 5]).Apply(FoldingNet.Fold);
        Model last = Without(folded, [1, 4, 5]);

        Assert.Equal(5, last.Graph.ShapeOf("after")[0]);
        Assert.InRange(Change(first, last), 0, Tolerance);
    }

    [Fact]
    public void A_layer_keeps_at_least_one_channel()
    {
        Model model = FoldingNet.Build(3, 5, 5, x => x.Conv2d("a", 4, 1).Conv2d("b", 2, 1));
        ChannelGroups groups = ChannelGroups.Find(model.Graph);

        GraphException error = Assert.Throws<GraphException>(() => new ChannelRemoval(groups, groups.Units));

        Assert.Equal("a: all 4 channels would be removed; keep at least 1", error.Message);
    }

    [Fact]
    public void Masks_are_cut_with_their_weights()
    {
        Model model = FoldingNet.Build(3, 5, 5, x => x.Conv2d("a", 4, 1).Conv2d("b", 2, 1));
        Tensor mask = Tensor.From([2, 4, 1, 1], 1, 0, 1, 0, 0, 1, 1, 1);
        model = model.With(model.Parameters.With("b.weight", model.Parameters["b.weight"] with { Mask = mask }));
        ChannelGroups groups = ChannelGroups.Find(model.Graph);

        Model narrow = model.Apply(new ChannelRemoval(groups, [groups.Units[1]]));

        Assert.Equal([1, 1, 0, 0, 1, 1], narrow.Parameters["b.weight"].Mask!.Read<float>().ToArray());
        Assert.Equal(new Conv2d(3, 3, 1), narrow.Graph["a"].Op);
    }

    private static Value Block(string kind, Value x, string name, MultiBranchOptions options) => kind switch
    {
        "acb" => x.AsymmetricBlock(name, options),
        "dbb" => x.DiverseBranchBlock(name, options),
        "repvgg" => x.RepVggBlock(name, options),
        _ => x.MobileOneBlock(name, options),
    };

    /// <summary>Any units, but never a whole group.</summary>
    private static ChannelUnit[] Choose(ChannelGroups groups, ulong seed)
    {
        var dice = new Dice(seed);
        return [.. groups.Groups.SelectMany(group => group.Units.Skip(1).Where(_ => dice.Chance(0.5)))];
    }

    /// <summary>The network without some channels of the two maps around a block.</summary>
    private static Model Without(Model model, int[] channels)
    {
        ChannelGroups groups = ChannelGroups.Find(model.Graph);
        IEnumerable<int> units = groups.Spaces.Where(space => space.Name is "before" or "after").SelectMany(space => channels.Select(channel => groups.UnitOf(space, channel)));
        return model.Apply(new ChannelRemoval(groups, units.Distinct().Select(unit => groups.Units[unit])));
    }

    private static double Change(Model before, Model after)
    {
        Tensor input = CounterFill.Input(before.Graph.ShapeOf(before.Graph.Input.Name).Prepend(1));
        IReadOnlyList<Tensor> expected = ReferenceExecutor.RunOutputs(before, input);
        IReadOnlyList<Tensor> actual = ReferenceExecutor.RunOutputs(after, input);
        return expected.Zip(actual, Difference.Relative).Max();
    }

    private static double Run(ulong seed, Func<double> change)
    {
        try
        {
            return change();
        }
        catch (EspalierException error)
        {
            throw new InvalidOperationException($"seed {seed}: {error.Message}", error);
        }
    }
}
