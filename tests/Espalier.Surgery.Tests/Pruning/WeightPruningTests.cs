using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Surgery.Tests;

public class WeightPruningTests
{
    private static readonly Model Network = Zoo.Create("cifar_resnet20").Initialize(7);
    private static readonly WeightPruning Half = new() { Target = PruningTarget.Fraction(0.5) };

    [Fact]
    public void Stem_and_classifier_stay_unless_they_are_asked_for()
    {
        Assert.Equal(Weights(Network.Graph).Except(["conv1.weight", "linear.weight"]), Names(Network.Prune(Half)));
        Assert.Equal(Weights(Network.Graph), Names(Network.Prune(Half with { IncludesStem = true, IncludesClassifier = true })));
        Assert.Equal(["conv1.weight"], Names(Network.Prune(Half with { Scopes = ["conv1"] })));
        Assert.Equal(["linear.bias"], Names(Network.Prune(Half with { Scopes = ["linear.bias"] })));
        Assert.Equal(["layer1.0.conv2.weight", "layer1.2.conv2.weight"], Names(Network.Prune(Half with { Scopes = ["layer1.*.conv2"], Exclude = ["layer1.1"] })));
    }

    [Fact]
    public void Undo_gives_back_every_bit_and_remove_makes_zeros_for_good()
    {
        Model pruned = Network.Prune(Half).Model;
        Assert.Equal(NonZeros.Of(pruned), NonZeros.Of(pruned.RemoveMasks()));
        Assert.All(Network.Parameters, parameter => Assert.Same(parameter.Value.Value, pruned.UndoPruning().Parameters[parameter.Key].Value));
        Assert.All(pruned.RemoveMasks().Parameters.Values, parameter => Assert.Null(parameter.Mask));
        Assert.Equal(NonZeros.Of(Network) - Network.Prune(Half).RemovedWeights, NonZeros.Of(pruned));
    }

    [Theory]
    [InlineData("4x1")]
    [InlineData("1x4")]
    public void Blocks_go_or_stay_as_a_whole(string pattern)
    {
        Model pruned = Network.Prune(Half with { Pattern = WeightPattern.Find(pattern)!.Value }).Model;
        Tensor mask = pruned.Parameters["layer2.0.conv1.weight"].Mask!;
        ReadOnlySpan<float> kept = mask.Read<float>();
        int positions = mask.Shape[2] * mask.Shape[3];
        int step = pattern == "4x1" ? mask.Shape[1] * positions : positions;
        int blocks = 0;
        for (int i = 0; i < kept.Length; i++)
        {
            if (i / step % 4 == 0)
            {
                Assert.True(kept[i] == kept[i + step] && kept[i] == kept[i + (2 * step)] && kept[i] == kept[i + (3 * step)]);
                blocks += (int)kept[i];
            }
        }

        Assert.Equal(kept.Length / 8, blocks);
    }

    [Fact]
    public void Two_of_every_four_input_channels_stay()
    {
        Model pruned = Network.Prune(Half with { Target = null, Pattern = WeightPattern.TwoOfFour }).Model;
        Parameter weight = pruned.Parameters["layer2.0.conv1.weight"];
        int positions = weight.Value.Shape[2] * weight.Value.Shape[3];
        float[] before = weight.Value.Read<float>().ToArray();
        float[] mask = weight.Mask!.Read<float>().ToArray();
        for (int i = 0; i < mask.Length; i += i % positions == positions - 1 ? (3 * positions) + 1 : 1)
        {
            int[] group = [i, i + positions, i + (2 * positions), i + (3 * positions)];
            Assert.Equal(2, group.Count(member => mask[member] == 1));
            Assert.True(group.Where(member => mask[member] == 0).Max(member => Math.Abs(before[member])) <= group.Where(member => mask[member] == 1).Min(member => Math.Abs(before[member])));
        }
    }

    [Fact]
    public void Lamp_leaves_the_greatest_weight_of_every_layer()
    {
        PruningResult report = Network.Prune(new WeightPruning { Criterion = PruningCriteria.Lamp, Target = PruningTarget.Fraction(0.999), IsGlobal = true });
        Assert.Equal(Math.Round(0.999 * report.Weights), report.RemovedWeights);
        Assert.All(report.Parameters, parameter => Assert.True(parameter.Removed < parameter.Shape.Count));
    }

    [Fact]
    public void Lamp_compares_layers_of_different_scale()
    {
        var net = new GraphBuilder();
        Value x = net.Input(4, 1, 1).Flatten("flatten");
        Graph graph = net.Build(x.Linear("a", 1, bias: false), x.Linear("b", 1, bias: false));
        Model model = new(graph, Parameters.Empty
            .With("a.weight", new Parameter(Tensor.From([1, 4], 3, -1, 2, 0.5f)))
            .With("b.weight", new Parameter(Tensor.From([1, 4], 20, -10, 15, 9))), ModelMetadata.None);

        Model pruned = model.Prune(new WeightPruning { Criterion = PruningCriteria.Lamp, Target = PruningTarget.Count(3), Scopes = ["a", "b"], IsGlobal = true }).Model;

        // a: 1, 1/14, 4/13, 0.25/14.25 = 0.018; b: 1, 100/725 = 0.14, 225/625, 81/806 = 0.10
        Assert.Equal([1f, 0, 1, 0], pruned.Parameters["a.weight"].Mask!.Read<float>());
        Assert.Equal([1f, 1, 1, 0], pruned.Parameters["b.weight"].Mask!.Read<float>());
    }

    [Fact]
    public void What_is_no_number_stays_alone_and_in_fours()
    {
        Model model = Single([float.NaN, -1, 2, 0.5f]);
        WeightPruning options = new() { Target = PruningTarget.Count(2), Scopes = ["fc"] };

        Assert.Equal([1f, 0, 1, 0], model.Prune(options).Model.Parameters["fc.weight"].Mask!.Read<float>());
        Assert.Equal([1f, 0, 1, 0], model.Prune(options with { Target = null, Pattern = WeightPattern.TwoOfFour }).Model.Parameters["fc.weight"].Mask!.Read<float>());
    }

    [Fact]
    public void The_stem_is_found_behind_any_number_of_sums()
    {
        // Twice as many ways to the input with each: walking them all would take for ever.
        Model model = FoldingNet.Build(2, 4, 4, x => Enumerable.Range(0, 64).Aggregate(x, (y, i) => y.Add($"sum{i}", y)).Conv2d("stem", 4, 3).Conv2d("middle", 4, 1).Conv2d("end", 2, 1));

        Assert.Equal(["middle.weight"], Names(model.Prune(Half)));
    }

    [Fact]
    public void Lamp_scores_rank_within_a_layer_as_magnitudes_do()
    {
        Model model = Single([3, -1, 2, 0.5f]);
        // squares 9, 1, 4, 0.25; scores 1, 1/14, 4/13, 0.25/14.25: the order of magnitudes within one layer
        Assert.Equal([1f, 0, 1, 0], model.Prune(new WeightPruning { Criterion = PruningCriteria.Lamp, Target = PruningTarget.Count(2), Scopes = ["fc"] }).Model.Parameters["fc.weight"].Mask!.Read<float>());
    }

    [Fact]
    public void Gradients_and_their_products_with_weights_rank()
    {
        Model model = Single([3, -1, 2, 0.5f]);
        Tensor slopes = Tensor.From([1, 4], 0.1f, 1, -0.4f, 5);
        var options = new WeightPruning { Criterion = PruningCriteria.Gradient, Target = PruningTarget.Count(2), Scopes = ["fc"] };
        var context = new PruningContext { Gradients = _ => _ => slopes };
        Assert.Equal([0f, 1, 0, 1], model.Prune(options, context).Model.Parameters["fc.weight"].Mask!.Read<float>());
        // products 0.3, 1, 0.8, 2.5
        Assert.Equal([0f, 1, 1, 1], model.Prune(options with { Criterion = PruningCriteria.Taylor, Target = PruningTarget.Count(1) }, context).Model.Parameters["fc.weight"].Mask!.Read<float>());
    }

    [Fact]
    public void Erdos_Renyi_keeps_more_of_small_layers_and_the_total_holds()
    {
        PruningResult report = Network.Prune(Half with { Target = PruningTarget.Fraction(0.9), Distribution = AmountDistribution.ErdosRenyiKernel });
        Assert.InRange((double)report.RemovedWeights / report.Weights, 0.8999, 0.9001);
        double small = report.Parameters.Single(parameter => parameter.Name == "layer1.0.conv1.weight").Sparsity;
        double large = report.Parameters.Single(parameter => parameter.Name == "layer3.1.conv1.weight").Sparsity;
        Assert.True(small < large, $"{small} {large}");
    }

    [Fact]
    public void A_sparsity_counts_what_was_removed_before()
    {
        Model once = Network.Prune(Half).Model;
        Assert.Equal(Network.Prune(Half with { Target = PruningTarget.Fraction(0.75) }).RemovedWeights, once.Prune(Half with { Target = PruningTarget.Sparsity(0.75) }).RemovedWeights);
        Assert.Equal(once.Prune(Half with { Target = PruningTarget.Sparsity(0.1) }).RemovedWeights, Network.Prune(Half).RemovedWeights);
    }

    [Fact]
    public void The_same_seed_removes_the_same_and_another_one_others()
    {
        WeightPruning random = Half with { Criterion = PruningCriteria.Random, Seed = 3 };
        Tensor mask = Network.Prune(random).Model.Parameters["layer1.0.conv1.weight"].Mask!;
        Assert.True(mask.BitEquals(Network.Prune(random with { Scopes = ["layer1"] }).Model.Parameters["layer1.0.conv1.weight"].Mask!));
        Assert.False(mask.BitEquals(Network.Prune(random with { Seed = 4 }).Model.Parameters["layer1.0.conv1.weight"].Mask!));
    }

    [Fact]
    public void Impossible_requests_name_the_parameter_and_what_would_work()
    {
        Assert.Equal("layer1.0.conv3: matches no parameter; did you mean layer1.0.conv1, layer1.0.conv2, layer1.1.conv1 or layer1.1.conv2?".Split(';')[0], Message(Half with { Scopes = ["layer1.0.conv3"] }).Split(';')[0]);
        Assert.Contains("did you mean layer1.0.conv1", Message(Half with { Scopes = ["layer1.0.conv3"] }), StringComparison.Ordinal);
        Assert.Equal("layer1.0.conv1.weight: expected a fraction from 0 to 1, or an integer for a number of units, found 1.5", Message(Half with { Target = PruningTarget.Fraction(1.5) }));
        Assert.Equal("conv1.weight: expected a count from 0 to the 432 units that are left, or a fraction from 0 to 1, found 9999", Message(Half with { Scopes = ["conv1"], Target = PruningTarget.Count(9999) }));
        Assert.Equal("linear.bias: a tensor of 10 has no units of pattern 4x1; use 'element'", Message(Half with { Scopes = ["linear.bias"], Pattern = WeightPattern.FourByOne }));
        Assert.Equal("conv1.weight: expected gradients to rank by, found none; 'magnitude' needs none", Message(Half with { Scopes = ["conv1"], Criterion = PruningCriteria.Taylor }));
        Assert.Equal("the network: has no masks", Assert.Throws<PruningException>(() => Network.UndoPruning()).Message);
    }

    [Fact]
    public void A_pruning_is_written_into_the_lineage()
    {
        LineageEntry entry = Network.Prune(Half with { Seed = 5 }).Model.Metadata.Lineage[^1];
        Assert.Equal("prune", entry.Action);
        Assert.Contains(new LineageSetting("amount", "50%"), entry.Settings);
        Assert.Contains(new LineageSetting("seed", "5"), entry.Settings);
    }

    [Fact]
    public void The_cubic_schedule_starts_fast_and_ends_slowly()
    {
        Assert.Equal([0.1, 0.1, 0.8, 0.9, 0.9], ((double[])[-1, 0, 0.5, 1, 2]).Select(progress => Math.Round(PruningSchedule.GradualCubic(0.1, 0.9, progress), 12)));
    }

    private static string Message(WeightPruning options) => Assert.Throws<PruningException>(() => Network.Prune(options)).Message;

    private static IEnumerable<string> Names(PruningResult report) => report.Parameters.Select(parameter => parameter.Name);

    private static IEnumerable<string> Weights(Graph graph) => graph.Nodes.Where(node => node.Op is Conv2d or Linear).Select(node => node.Parameter("weight"));

    private static Model Single(float[] weights)
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(weights.Length, 1, 1).Flatten("flatten").Linear("fc", 1, bias: false));
        return new Model(graph, Parameters.Empty.With("fc.weight", new Parameter(Tensor.From([1, weights.Length], weights))), ModelMetadata.None);
    }
}
