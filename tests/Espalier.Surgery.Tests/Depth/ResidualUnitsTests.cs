using Espalier.Graphs;
using Espalier.Models;
using Espalier.Testing;

namespace Espalier.Surgery.Tests.Depth;

public sealed class ResidualUnitsTests
{
    [Theory]
    [InlineData("resnet18", 5, 3, 0)]
    [InlineData("resnet50", 12, 4, 0)]
    [InlineData("resnext50_32x4d", 12, 4, 0)]
    [InlineData("wide_resnet50_2", 12, 4, 0)]
    [InlineData("cifar_resnet20", 7, 0, 2)]
    [InlineData("cifar_resnet20_b", 7, 2, 0)]
    [InlineData("cifar_preact_resnet164", 51, 3, 0)]
    [InlineData("mobilenet_v2", 10, 0, 0)]
    [InlineData("mnasnet1_0", 10, 0, 0)]
    [InlineData("mobilenet_v3_small", 6, 0, 0)]
    [InlineData("mobilenet_v3_large", 10, 0, 0)]
    [InlineData("efficientnet_b0", 9, 0, 0)]
    [InlineData("efficientnet_v2_s", 35, 0, 0)]
    [InlineData("convnext_tiny", 18, 0, 0)]
    [InlineData("regnet_x_400mf", 18, 4, 0)]
    [InlineData("regnet_y_400mf", 12, 4, 0)]
    public void Blocks_of_the_zoo_are_found_with_what_their_shortcuts_are(string network, int identities, int projections, int padded)
    {
        ResidualUnits units = ResidualUnits.Find(Zoo.Create(network).Graph);
        Assert.Empty(units.Refusals);
        Assert.Equal(
            (identities, projections, padded),
            (Count(ShortcutKind.Identity), Count(ShortcutKind.Projection), Count(ShortcutKind.PaddedIdentity)));

        int Count(ShortcutKind kind) => units.Units.Count(unit => unit.Kind == kind);
    }

    [Theory]
    [InlineData("vgg11")]
    [InlineData("densenet121")]
    [InlineData("cifar_plain20")]
    public void Networks_without_shortcuts_have_none(string network) => Assert.Empty(ResidualUnits.Find(Zoo.Create(network).Graph).Units);

    [Fact]
    public void A_block_is_named_after_its_scope_and_knows_its_two_sides()
    {
        Graph graph = Zoo.Create("resnet18").Graph;
        ResidualUnits units = ResidualUnits.Find(graph);
        ResidualUnit first = units.Units.Single(unit => unit.Scope == "layer2.0");
        Assert.Equal(("layer1.1.relu2", "layer2.0.downsample.1", "layer2.0.bn2"), (first.Input, first.Shortcut, first.Branch));
        Assert.Equal(["layer2.0.downsample.0", "layer2.0.downsample.1"], first.ShortcutNodes);
        Assert.Equal(["layer2.0.conv1", "layer2.0.bn1", "layer2.0.relu1", "layer2.0.conv2", "layer2.0.bn2"], first.BranchNodes);
        ResidualUnit second = units.Units.Single(unit => unit.Scope == "layer2.1");
        Assert.Equal((second.Input, 0), (second.Shortcut, second.ShortcutNodes.Count));
        Assert.Null(second.Survival);
    }

    [Fact]
    public void Pre_activated_blocks_part_where_their_branch_begins()
    {
        ResidualUnits units = ResidualUnits.Find(Zoo.Create("cifar_preact_resnet164").Graph);
        Assert.Equal("layer2.0.relu1", units.Units.Single(unit => unit.Scope == "layer2.0").Input);
        Assert.Equal("layer2.0.add", units.Units.Single(unit => unit.Scope == "layer2.1").Input);
    }

    [Fact]
    public void Branches_that_fold_into_one_convolution_are_no_residual_blocks()
    {
        var net = new GraphBuilder();
        Value x = net.Input(8, 9, 9).RepVggBlock("same", new(8)).Relu("a").RepVggBlock("wider", new(12)).Relu("b").DiverseBranchBlock("diverse", new(12));
        ResidualUnits units = ResidualUnits.Find(net.Build(x));
        Assert.Empty(units.Units);
        Assert.Equal(["same.add", "wider.add", "diverse.add"], units.Refusals.Select(refusal => refusal.Node));
        Assert.Contains("3 values", units.Refusals[0].Reason, StringComparison.Ordinal);
        Assert.Contains("linear branches", units.Refusals[1].Reason, StringComparison.Ordinal);
        Assert.Contains("same.add", Assert.Throws<GraphException>(() => units.Matching(["same"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_branch_that_others_read_is_refused_by_name()
    {
        var net = new GraphBuilder();
        Value x = net.Input(4, 6, 6);
        Value inner = x.Conv2d("conv", 4, 3, padding: 1).Relu("relu");
        Graph graph = net.Build(x.Add("add", inner.Conv2d("last", 4, 1)).Concat("both", inner));
        Assert.Contains("'relu'", Assert.Single(ResidualUnits.Find(graph).Refusals).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Joins_of_one_scope_are_told_apart_by_their_own_names()
    {
        var net = new GraphBuilder();
        Value x = net.Input(4, 6, 6);
        x = x.Add("first", x.Relu("a").Conv2d("b", 4, 1));
        x = x.Add("second", x.Relu("c").Conv2d("d", 4, 1));
        Assert.Equal(["first", "second"], ResidualUnits.Find(net.Build(x)).Units.Select(unit => unit.Scope));
    }

    [Fact]
    public void In_random_networks_the_sides_of_a_block_are_disjoint_and_lead_from_its_input_to_its_join()
    {
        int found = 0;
        for (ulong seed = 0; seed < 300; seed++)
        {
            Graph graph = RandomGraphs.Create(seed);
            foreach (ResidualUnit unit in ResidualUnits.Find(graph).Units)
            {
                found++;
                Assert.True(!unit.BranchNodes.Intersect(unit.ShortcutNodes).Any(), $"seed {seed}: {unit}");
                HashSet<string> allowed = [unit.Input, .. unit.BranchNodes];
                Assert.True(unit.BranchNodes.All(name => graph[name].Inputs.All(allowed.Contains)), $"seed {seed}: {unit}");
                Assert.True(unit.Branch == unit.BranchNodes[^1] && graph[unit.Join.Name].Inputs.Contains(unit.Branch), $"seed {seed}: {unit}");
            }
        }

        Assert.InRange(found, 100, int.MaxValue);
    }
}
