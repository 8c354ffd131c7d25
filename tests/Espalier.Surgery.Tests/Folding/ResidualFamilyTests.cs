using Espalier.Graphs;
using Espalier.Models;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Passes on a network of each option of the residual family.</summary>
public class ResidualFamilyTests
{
    public static TheoryData<string, int> Networks =>
    [
        ("resnet10t", 4), ("resnet26d", 8), ("seresnet18", 8), ("ecaresnet26t", 8), ("resnetblur18", 8), ("seresnetaa50d", 16), ("resnetrs50", 16), ("legacy_seresnet18", 8), ("resnetv2_50", 16),
        ("skresnet18", 8), ("res2net50_26w_4s", 16), ("resnest14d", 4), ("cifar_resnet18", 8), ("cifar_wrn16_8", 6), ("cifar_resnext29_8x64d", 9),
    ];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Folding_keeps_the_answers_and_leaves_no_norm_behind_a_convolution(string name, int blocks)
    {
        FullRun.RequireOneOf(4, name);
        Model model = Small(name);
        Model folded = model.Apply(FoldingNet.Fold);
        Assert.InRange(FoldingNet.Change(model, folded), 0, 1e-4);
        Assert.DoesNotContain(folded.Graph.Nodes, node => node.Op is BatchNorm && folded.Graph[node.Inputs[0]].Op is Conv2d && folded.Graph.UsersOf(node.Inputs[0]).Length == 1);
        Assert.True(blocks > 0);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Every_block_can_be_dropped_at_random(string name, int blocks)
    {
        Model wrapped = Small(name).Apply(new StochasticDepthWrap(new()));
        Assert.Equal(blocks, wrapped.Graph.Nodes.Count(node => node.Op is StochasticDepth));
    }

    private static Model Small(string name)
    {
        NetworkDefinition definition = Zoo.Create(name, new ZooOptions { InputSize = name.StartsWith("cifar", StringComparison.Ordinal) ? 8 : 64, Classes = 5 });
        return new Model(definition.Graph, RandomGraphs.ParametersFor(definition.Graph), definition.Metadata);
    }
}
