using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Blocks in the place of convolutions fold back into convolutions of the same form.</summary>
public class BlockSubstitutionTests
{
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_block_folds_into_the_convolution_it_stands_for(MultiBranchKind kind, Conv2d convolution)
    {
        Value x = new GraphBuilder().Input(convolution.InChannels, 12, 12).Then("conv", convolution).BatchNorm("bn").Relu("relu");
        BlockSubstitutionResult built = BlockSubstitution.Apply(new NetworkDefinition(x.Builder.Build(x), ModelMetadata.None), new BlockChoice(kind));
        Assert.Equal(["conv"], built.Replaced);
        Graph graph = built.NetworkDefinition.Graph;
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);

        Model folded = model.Apply(FoldingNet.Fold);

        Assert.Equal(convolution with { Bias = true }, Assert.Single(folded.Graph.Nodes, node => node.Op is not (Input or Relu)).Op);
        Assert.InRange(FoldingNet.Change(model, folded), 0, 2e-6);
    }

    [Theory]
    [InlineData("resnet18", "dbb")]
    [InlineData("mobilenet_v2", "mobileone")]
    [InlineData("vgg11_bn", "acb")]
    [InlineData("cifar_preact_resnet20", "repvgg")]
    [InlineData("densenet121", "dbb")]
    [InlineData("shufflenet_v2_x0_5", "acb")]
    public void A_network_with_blocks_folds_into_as_many_multiply_accumulates_as_without(string network, string block)
    {
        var options = new ZooOptions { InputSize = 64, Classes = 10 };
        Model plain = Zoo.Create(network, options).Initialize(seed: 1);
        Model rich = Zoo.Create(network, options with { Blocks = BlockChoice.Parse(block) }).Initialize(seed: 1);
        Assert.Equal(Macs(plain.Apply(FoldingNet.Fold)), Macs(rich.Apply(FoldingNet.Fold)));
        Assert.InRange(Macs(rich), Macs(plain) + 1, long.MaxValue);
    }

    private static long Macs(Model model) => new NetworkSummary(model.Graph, []).MultiplyAccumulates;

    public static TheoryData<MultiBranchKind, Conv2d> Cases()
    {
        var same = new Conv2d(8, 8, 3) { Padding = 1 };
        Conv2d[] convolutions =
        [
            same,
            same with { Stride = 2 },
            same with { Padding = 2, Dilation = 2, Groups = 4 },
            same with { Groups = 8 },
            same with { OutChannels = 16, Stride = (2, 1), Groups = 2 },
            same with { Padding = 3 }, // more than keeps the size
            same with { Kernel = 7, Padding = 3, Stride = 2 },
            same with { Kernel = (1, 5), Padding = (0, 2) },
            same with { Kernel = 2, Padding = 1 },
            same with { Kernel = 4, Padding = 2, Stride = 2 },
            same with { Kernel = 2, Padding = new Padding(0, 0, 1, 1) },
        ];
        var cases = new TheoryData<MultiBranchKind, Conv2d>();
        foreach (MultiBranchKind kind in Enum.GetValues<MultiBranchKind>())
        {
            foreach (Conv2d convolution in convolutions)
            {
                cases.Add(kind, convolution);
            }
        }

        return cases;
    }
}
