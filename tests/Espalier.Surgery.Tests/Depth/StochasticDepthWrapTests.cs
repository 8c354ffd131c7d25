using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests.Depth;

public sealed class StochasticDepthWrapTests
{
    private static readonly StochasticDepthWrapOptions Bypass = new() { Form = StochasticDepthForm.Bypass, Initialize = definition => definition.Initialize(3) };

    [Fact]
    public void Every_block_survives_as_the_papers_rule_says()
    {
        Model model = Zoo.Create("cifar_resnet20").Initialize(1);
        Model wrapped = model.Apply(new StochasticDepthWrap(new()));
        StochasticDepth[] ops = Ops(wrapped);
        Assert.Equal(9, ops.Length);
        for (int l = 1; l <= 9; l++)
        {
            Assert.Equal(1 - (l / 9.0 * 0.5), ops[l - 1].SurvivalProbability, 1e-15);
        }

        Assert.DoesNotContain(wrapped.Graph.Nodes, node => node.Op is Add);
        Assert.Equal(model.Parameters.Keys, wrapped.Parameters.Keys);
    }

    [Fact]
    public void The_branch_is_what_is_dropped_whatever_the_order_of_the_sum()
    {
        foreach (string network in (string[])["resnet18", "cifar_preact_resnet164", "mobilenet_v2", "cifar_resnet20", "mnasnet1_0", "mobilenet_v3_small", "regnet_y_400mf"])
        {
            Model model = Zoo.Create(network).Initialize(1);
            foreach (Node join in model.Apply(new StochasticDepthWrap(new())).Graph.Nodes.Where(node => node.Op is StochasticDepth))
            {
                Assert.Equal(model.Graph[join.Name].Inputs[0], join.Inputs[1]); // the zoo's blocks add their shortcut to the branch
            }
        }
    }

    [Fact]
    public void Some_blocks_keep_the_probability_they_have_among_all_and_all_choices_reach_the_op()
    {
        Model model = Zoo.Create("resnet18").Initialize(1);
        var options = new StochasticDepthWrapOptions
        {
            Scopes = ["layer3", "layer*.1"],
            Mode = StochasticDepthMode.Row,
            Scaling = StochasticDepthScaling.Inverted,
        };
        Model wrapped = model.Apply(new StochasticDepthWrap(options));
        Node[] joins = [.. wrapped.Graph.Nodes.Where(node => node.Op is StochasticDepth)];
        Assert.Equal(["layer1.1.add", "layer2.1.add", "layer3.0.add", "layer3.1.add", "layer4.1.add"], joins.Select(node => node.Name));
        Assert.Equal(new StochasticDepth(1 - (5 / 8.0 * 0.5)) { Mode = StochasticDepthMode.Row, Scaling = StochasticDepthScaling.Inverted }, joins[2].Op);
    }

    [Fact]
    public void Wrapping_again_changes_the_probability()
    {
        Model model = Zoo.Create("cifar_resnet8").Initialize(1).Apply(new StochasticDepthWrap(new()));
        Model again = model.Apply(new StochasticDepthWrap(new() { Survival = SurvivalRule.Constant(0.25) }));
        Assert.Equal([0.25, 0.25, 0.25], Ops(again).Select(op => op.SurvivalProbability));
        Assert.Equal([0.25, 0.25, 0.25], ResidualUnits.Find(again.Graph).Units.Select(unit => unit.Survival!.Value));
    }

    [Fact]
    public void A_module_that_keeps_the_shape_is_bypassed_by_its_input()
    {
        Model model = Zoo.Create("resnet18").Initialize(1);
        Model wrapped = model.Apply(new StochasticDepthWrap(Bypass with { Scopes = ["layer1"], Survival = SurvivalRule.Constant(0.8) }));
        Node join = wrapped.Graph.Nodes.Single(node => node.Op is StochasticDepth);
        Assert.Equal(("layer1.bypass", "maxpool", "layer1.1.relu2"), (join.Name, join.Inputs[0], join.Inputs[1]));
        Assert.Equal(["layer1.bypass"], wrapped.Graph["layer2.0.conv1"].Inputs);
        Assert.Equal(model.Parameters.Keys, wrapped.Parameters.Keys);
    }

    [Theory]
    [InlineData(BypassProjection.Fresh1x1, 1)]
    [InlineData(BypassProjection.Fresh3x3, 3)]
    [InlineData(BypassProjection.Cloned, 3)]
    [InlineData(BypassProjection.Tied, 3)]
    public void A_module_that_changes_the_shape_gets_the_projection_that_is_asked_for(BypassProjection projection, int kernel)
    {
        Model model = Zoo.Create("resnet18").Initialize(1);
        Model wrapped = model.Apply(new StochasticDepthWrap(Bypass with { Scopes = ["layer2"], Projection = projection }));
        Node node = wrapped.Graph["layer2.projection"];
        Assert.Equal(new Conv2d(64, 128, kernel) { Stride = 2, Padding = kernel / 2 }, node.Op);
        Assert.Equal(["layer1.1.relu2"], node.Inputs);
        Assert.Equal(["layer2.projection", "layer2.1.relu2"], wrapped.Graph["layer2.bypass"].Inputs);
        Parameter own = wrapped.Parameters[node.Parameter("weight")];
        Assert.True(own.Trainable);
        Assert.Equal(projection == BypassProjection.Tied, node.Parameter("weight") == "layer2.0.conv1.weight");
        Assert.Equal(projection is BypassProjection.Tied or BypassProjection.Cloned, own.Value.BitEquals(model.Parameters["layer2.0.conv1.weight"].Value));
        Assert.Equal(model.Parameters.Count + (projection == BypassProjection.Tied ? 0 : 1), wrapped.Parameters.Count);
    }

    [Fact]
    public void Fresh_projections_begin_as_the_initialiser_says_and_the_same_seed_gives_the_same()
    {
        Model model = Zoo.Create("cifar_resnet8").Initialize(1);
        var pass = new StochasticDepthWrap(Bypass with { Scopes = ["layer2"], Projection = BypassProjection.Fresh3x3 });
        Tensor weight = model.Apply(pass).Parameters["layer2.projection.weight"].Value;
        Assert.True(weight.BitEquals(model.Apply(pass).Parameters["layer2.projection.weight"].Value));
        double variance = weight.Read<float>().ToArray().Average(value => (double)value * value);
        Assert.InRange(variance, 0.8 * 2 / (32 * 9), 1.2 * 2 / (32 * 9)); // He 2015, fan out: 4608 numbers, so 20% are nine standard errors
    }

    [Fact]
    public void Stages_and_blocks_within_them_can_be_bypassed_together()
    {
        Model model = Zoo.Create("cifar_resnet20").Initialize(1);
        Model wrapped = model.Apply(new StochasticDepthWrap(Bypass with { Scopes = ["layer1", "layer1.?"], Survival = SurvivalRule.Constant(0.5) }));
        Assert.Equal(["layer1.2.bypass"], wrapped.Graph["layer1.bypass"].Inputs.Skip(1));
        Assert.Equal(["layer1.1.bypass", "layer1.2.relu2"], wrapped.Graph["layer1.2.bypass"].Inputs);
        Assert.Equal(4, Ops(wrapped).Length);
    }

    [Fact]
    public void With_inverted_scaling_a_wrapped_network_infers_as_before()
    {
        foreach (StochasticDepthForm form in Enum.GetValues<StochasticDepthForm>())
        {
            Model model = Zoo.Create("cifar_resnet8").Initialize(1);
            var options = Bypass with { Form = form, Scaling = StochasticDepthScaling.Inverted, Projection = form == StochasticDepthForm.Bypass ? BypassProjection.Cloned : BypassProjection.None };
            Model wrapped = model.Apply(new StochasticDepthWrap(options));
            Assert.Equal(3, Ops(wrapped).Length);
            Assert.Equal(0, PassVerification.RelativeDifference(model, wrapped, CounterFill.Input([2, 3, 32, 32]), ReferenceRuntime.Instance));
        }
    }

    [Theory]
    [InlineData("resnet18", "layer2", BypassProjection.None, "64x56x56", "128x28x28")]
    [InlineData("resnet50", "layer2.0", BypassProjection.Tied, "512x28x28", "128x56x56")]
    [InlineData("resnet50", "layer2.0", BypassProjection.Cloned, "'layer2.0.conv1'", "use a fresh projection")]
    [InlineData("resnet18", "avgpool", BypassProjection.Tied, "avgpool", "no convolution")]
    [InlineData("resnet18", "flatten", BypassProjection.Fresh1x1, "512x1x1", "no projection")]
    [InlineData("resnet18", "layer9", BypassProjection.None, "layer9", "layer1, layer2")]
    [InlineData("densenet121", "features.denseblock1.denselayer2.conv1", BypassProjection.None, "128x56x56", "choose a projection")]
    public void What_cannot_be_bypassed_is_refused_with_names_and_shapes(string network, string scope, BypassProjection projection, params string[] says)
    {
        Model model = Zoo.Create(network).Initialize(1);
        GraphException refused = Assert.Throws<GraphException>(() => model.Apply(new StochasticDepthWrap(Bypass with { Scopes = [scope], Projection = projection })));
        Assert.All(says, part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_part_with_two_inputs_or_with_the_networks_input_is_refused()
    {
        var net = new GraphBuilder();
        Value x = net.Input(4, 6, 6);
        Value y = x.Relu("other");
        Graph graph = net.Build(x.In("part", x => x.Relu("relu").Add("add", y)));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        Assert.Contains("[input, other]", Refusal("part"), StringComparison.Ordinal);
        Assert.Contains("one input", Refusal("input"), StringComparison.Ordinal);

        string Refusal(string scope) => Assert.Throws<GraphException>(() => model.Apply(new StochasticDepthWrap(Bypass with { Scopes = [scope] }))).Message;
    }

    [Fact]
    public void Impossible_wishes_are_refused()
    {
        Model plain = Zoo.Create("cifar_plain20").Initialize(1);
        Assert.Contains("no residual blocks", Refusal(plain, new()), StringComparison.Ordinal);
        Model residual = Zoo.Create("cifar_resnet8").Initialize(1);
        foreach (double p in (double[])[0, 1, -0.1, 1.5, double.NaN])
        {
            Assert.Contains("above 0 and below 1", Refusal(residual, new() { Survival = SurvivalRule.Constant(p) }), StringComparison.Ordinal);
        }

        Assert.Contains("layer1.0, layer2.0, layer3.0", Refusal(residual, new() { Scopes = ["layer7"] }), StringComparison.Ordinal);
        Assert.Contains("bypass form", Refusal(residual, new() { Projection = BypassProjection.Tied }), StringComparison.Ordinal);
        Assert.Contains("initializer", Refusal(residual, Bypass with { Scopes = ["layer2"], Projection = BypassProjection.Fresh1x1, Initialize = null }), StringComparison.Ordinal);
        Model bypassed = residual.Apply(new StochasticDepthWrap(Bypass with { Scopes = ["layer1"] }));
        Assert.Contains("already", Refusal(bypassed, Bypass with { Scopes = ["layer1"] }), StringComparison.Ordinal);

        static string Refusal(Model model, StochasticDepthWrapOptions options) => Assert.Throws<GraphException>(() => model.Apply(new StochasticDepthWrap(options))).Message;
    }

    private static StochasticDepth[] Ops(Model model) => [.. model.Graph.Nodes.Select(node => node.Op).OfType<StochasticDepth>()];
}
