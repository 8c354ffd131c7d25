using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Every family of the zoo gets narrower.</summary>
public class ChannelZooTests
{
    [Fact]
    public void Every_network_stays_a_network_at_half_the_width()
    {
        foreach (ZooEntry entry in Zoo.Entries.GroupBy(entry => entry.Name.Split('_', '1', '2', '3', '5')[0] + entry.Name.Contains("preact", StringComparison.Ordinal)).SelectMany(family => family.Take(2)))
        {
            ChannelGroups groups = ChannelGroups.Find(entry.Create(default).Graph);
            Graph narrow = new ChannelRemoval(groups, EverySecond(groups)).Narrow();

            double left = (double)Work(narrow) / Work(groups.Graph);
            Assert.True(left is > 0.1 and < 0.6, $"{entry.Name}: {left:0.000} of the work is left");
        }
    }

    [Theory]
    [InlineData("cifar_resnet20")]
    [InlineData("cifar_resnet20_b")]
    [InlineData("cifar_preact_resnet20")]
    [InlineData("cifar_plain20")]
    [InlineData("mobilenet_v1_x0_25")]
    [InlineData("shufflenet_v2_x0_5")]
    [InlineData("resnext50_32x4d")]
    [InlineData("squeezenet1_1")]
    [InlineData("googlenet")]
    [InlineData("mnasnet0_5")]
    [InlineData("mobilenet_v3_small")]
    [InlineData("efficientnet_b0")]
    [InlineData("convnext_tiny")]
    [InlineData("regnet_x_400mf")]
    [InlineData("regnet_y_400mf")]
    [InlineData("resnet10t")]
    [InlineData("seresnet18")]
    [InlineData("ecaresnet26t")]
    [InlineData("resnetaa34d")]
    [InlineData("resnetblur18")]
    [InlineData("legacy_seresnet18")]
    [InlineData("resnetv2_50")]
    [InlineData("skresnet18")]
    [InlineData("res2net50_26w_4s")]
    [InlineData("resnest14d")]
    [InlineData("cifar_densenet100_12")]
    public void A_family_runs_at_half_the_width_as_if_masked(string name)
    {
        Model model = Zoo.Create(name).Initialize(3).WithInput([3, 32, 32]);
        ChannelGroups groups = ChannelGroups.Find(model.Graph);
        ChannelUnit[] removed = EverySecond(groups);
        Tensor input = CounterFill.Input([1, 3, 32, 32]);

        Tensor narrow = ReferenceExecutor.Run(model.Apply(new ChannelRemoval(groups, removed)), input);
        Tensor masked = ReferenceExecutor.Run(ChannelMask.Apply(model, groups, removed), input);

        Assert.InRange(Difference.Relative(masked, narrow), 0, 1e-5);
    }

    private static ChannelUnit[] EverySecond(ChannelGroups groups) =>
        [.. groups.Groups.SelectMany(group => group.Units.Where((_, i) => i % 2 == 1))];

    private static long Work(Graph graph) => graph.Nodes.Sum(node => MultiplyAccumulates.Of(graph, node));
}
