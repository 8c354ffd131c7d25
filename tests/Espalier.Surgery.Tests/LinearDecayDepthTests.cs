using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Surgery.Tests;

public sealed class LinearDecayDepthTests
{
    [Fact]
    public void Every_block_survives_as_the_papers_rule_says()
    {
        Model model = Zoo.Create("cifar_resnet20").Initialize(1);
        Model wrapped = model.Apply(new LinearDecayDepth(0.5));
        double[] survival = [.. wrapped.Graph.Nodes.Select(node => node.Op).OfType<StochasticDepth>().Select(op => op.SurvivalProbability)];
        Assert.Equal(9, survival.Length);
        for (int l = 1; l <= 9; l++)
        {
            Assert.Equal(1 - (l / 9.0 * 0.5), survival[l - 1], 1e-15);
        }

        Assert.DoesNotContain(wrapped.Graph.Nodes, node => node.Op is Add);
        Assert.Equal(model.Parameters.Keys, wrapped.Parameters.Keys);
    }

    [Fact]
    public void The_branch_is_what_is_dropped_not_the_shortcut()
    {
        Model wrapped = Zoo.Create("cifar_resnet20").Initialize(1).Apply(new LinearDecayDepth(0.5));
        foreach (Node block in wrapped.Graph.Nodes.Where(node => node.Op is StochasticDepth))
        {
            Assert.EndsWith("bn2", block.Inputs[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Impossible_wishes_are_refused()
    {
        Model plain = Zoo.Create("cifar_plain20").Initialize(1);
        Assert.Contains("no residual blocks", Assert.Throws<GraphException>(() => plain.Apply(new LinearDecayDepth(0.5))).Message, StringComparison.Ordinal);
        Model residual = Zoo.Create("cifar_resnet8").Initialize(1);
        Assert.Throws<GraphException>(() => residual.Apply(new LinearDecayDepth(0)));
        Assert.Throws<GraphException>(() => residual.Apply(new LinearDecayDepth(1.5)));
    }
}
