using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests.Pruning;

public sealed class ResidualBlockRemovalTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("cifar_resnet20", "layer1.1", "layer2.0", "layer3.2")]
    [InlineData("cifar_resnet14_b", "layer1.0", "layer2.0", "layer3.1")]
    [InlineData("cifar_preact_resnet20", "layer1.0", "layer2.0", "layer3.2")]
    public void Without_a_block_a_network_computes_what_it_did_with_the_branch_at_zero(string network, params string[] scopes)
    {
        Graph graph = Zoo.Create(network).Graph;
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        RequireEqualToZeroedBranches(model, [.. ResidualUnits.Find(graph).Units.Where(unit => scopes.Contains(unit.Scope))], CounterFill.Input([2, 3, 32, 32]), network);
    }

    [Fact]
    public void In_random_networks_any_blocks_can_go()
    {
        int removed = 0;
        for (ulong seed = 0; seed < 500; seed++)
        {
            Model model = RandomGraphs.CreateModel(seed);
            var dice = new Dice(seed);
            ResidualUnit[] units = [.. ResidualUnits.Find(model.Graph).Units.Where(_ => dice.Chance(0.6))];
            if (units.Length > 0)
            {
                removed += units.Length;
                RequireEqualToZeroedBranches(model, units, CounterFill.Input(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(2)), $"seed {seed}");
            }
        }

        Assert.InRange(removed, 100, int.MaxValue);
    }

    [Fact]
    public void Of_a_block_with_an_identity_nothing_stays_and_depth_follows()
    {
        Model model = Zoo.Create("resnet18").Initialize(1);
        Model without = model.Apply(new ResidualBlockRemoval(["layer1.1", "layer3.1"]));
        Assert.DoesNotContain(without.Graph.Nodes, node => node.Name.StartsWith("layer1.1", StringComparison.Ordinal) || node.Name.StartsWith("layer3.1", StringComparison.Ordinal));
        Assert.Equal(14, new NetworkSummary(without.Graph).Depth);
        Assert.DoesNotContain(without.Parameters.Keys, name => name.StartsWith("layer1.1", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_a_block_with_a_projection_the_projection_stays()
    {
        Model without = Zoo.Create("resnet18").Initialize(1).Apply(new ResidualBlockRemoval(["layer2.0"]));
        Assert.Equal(
            ["layer2.0.downsample.0", "layer2.0.downsample.1", "layer2.0.relu2"],
            without.Graph.InScope("layer2.0").Select(node => node.Name));
    }

    [Fact]
    public void A_stage_keeps_a_block_unless_it_may_be_emptied()
    {
        Model model = Zoo.Create("cifar_resnet20").Initialize(1);
        string refused = Assert.Throws<GraphException>(() => model.Apply(new ResidualBlockRemoval(["layer2", "layer1.0"]))).Message;
        Assert.Contains("all 3 blocks", refused, StringComparison.Ordinal);
        Assert.Contains("layer2.0 to layer2.2", refused, StringComparison.Ordinal);
        Assert.Equal(6, ResidualUnits.Find(model.Apply(new ResidualBlockRemoval(["layer2"]) { AllowEmptyStages = true }).Graph).Units.Length);
    }

    [Fact]
    public void The_least_of_a_ranking_go_and_the_last_of_a_stage_is_passed_over()
    {
        Graph graph = Zoo.Create("cifar_resnet14").Graph;
        BlockScore[] ranking = [.. ResidualUnits.Find(graph).Units.Select((unit, i) => new BlockScore(unit, i))];
        Model model = Zoo.Create("cifar_resnet14").Initialize(1);
        Model three = model.Apply(ResidualBlockRemoval.OfLeast(graph, ranking, 3));
        Assert.Equal(["layer1.1", "layer2.1", "layer3.1"], ResidualUnits.Find(three.Graph).Units.Select(unit => unit.Scope));
        Model two = model.Apply(ResidualBlockRemoval.OfLeast(graph, ranking, 2, mayEmptyStages: true));
        Assert.Equal(["layer2.0", "layer2.1", "layer3.0", "layer3.1"], ResidualUnits.Find(two.Graph).Units.Select(unit => unit.Scope));
        string refused = Assert.Throws<GraphException>(() => ResidualBlockRemoval.OfLeast(graph, ranking, 4)).Message;
        Assert.Contains("1 to 3 of 6 residual blocks in 3 stages", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_names_are_refused_with_the_names_there_are()
    {
        Model model = Zoo.Create("cifar_resnet8").Initialize(1);
        Assert.Contains("layer1.0, layer2.0, layer3.0", Assert.Throws<GraphException>(() => model.Apply(new ResidualBlockRemoval(["layer1.7"]))).Message, StringComparison.Ordinal);
        Assert.Contains("found none", Assert.Throws<GraphException>(() => model.Apply(new ResidualBlockRemoval([]))).Message, StringComparison.Ordinal);
    }

    private static void RequireEqualToZeroedBranches(Model model, ResidualUnit[] units, Tensor input, string what)
    {
        Model without = model.Apply(new ResidualBlockRemoval(ValueList.From(units.Select(unit => unit.Scope))) { AllowEmptyStages = true });
        double difference = PassVerification.RelativeDifference(WithZeroBranches(model, units), without, input, ReferenceRuntime.Instance);
        Assert.True(difference <= Tolerance, $"{what}: {difference:E2} without {string.Join(", ", units.Select(unit => unit.Scope))}");
    }

    /// <summary>The network in which a 1x1 convolution of zeros stands at the end of each branch.</summary>
    private static Model WithZeroBranches(Model model, ResidualUnit[] units) => model.Apply(units.Select(unit =>
    {
        int channels = model.Graph.ShapeOf(unit.Branch)[0];
        var zero = new Node(unit.Join.Name + "_zero", new Conv2d(channels, channels, 1) { Groups = channels }, [unit.Branch]);
        ValueList<string> inputs = ValueList.From(model.Graph[unit.Join.Name].Inputs.Select(name => name == unit.Branch ? zero.Name : name));
        return new Patch(zero.Name).Put(zero).Put(unit.Join with { Inputs = inputs }).Set(zero.Parameter("weight"), new Parameter(Tensor.Zeros([channels, 1, 1, 1])));
    }));
}
