using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models.Tests;

public sealed class BlockChoiceTests
{
    private static readonly ZooOptions s_small = new() { Classes = 10, InputSize = 32 };

    [Fact]
    public void A_choice_is_a_block_and_perhaps_scopes()
    {
        Assert.Equal([new(MultiBranchKind.DiverseBranch)], BlockChoice.Parse("dbb"));
        Assert.Equal([new(MultiBranchKind.Asymmetric, "layer3"), new(MultiBranchKind.Asymmetric, "layer4.0.conv1")], BlockChoice.Parse("acb=layer3,layer4.0.conv1"));
        Assert.Contains("'dbc'", Assert.Throws<EspalierException>(() => BlockChoice.Parse("dbc=layer3")).Message, StringComparison.Ordinal);
        Assert.Contains("'acb=a,,b'", Assert.Throws<EspalierException>(() => BlockChoice.Parse("acb=a,,b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scope_chooses_its_convolutions_and_says_which_stay_plain()
    {
        BlockSubstitutionResult built = BlockSubstitution.Apply(Zoo.Create("resnet18", s_small), new BlockChoice(MultiBranchKind.DiverseBranch, "layer4"));
        Assert.Equal(["layer4.0.conv1", "layer4.0.conv2", "layer4.1.conv1", "layer4.1.conv2"], built.Replaced);
        (string node, string reason) = Assert.Single(built.Plain);
        Assert.Equal(("layer4.0.downsample.0", "a 1x1 convolution has no branches of dbb"), (node, reason));
        Assert.False(built.NetworkDefinition.Graph.TryFind("layer4.0.bn1", out _));
        Assert.True(built.NetworkDefinition.Graph.TryFind("layer4.0.conv1.dbb_1x1_kxk.conv2", out _));
        Assert.Equal("blocks", Assert.Single(built.NetworkDefinition.Metadata.Lineage).Action);
    }

    [Fact]
    public void A_scope_without_convolutions_is_refused() =>
        Assert.Contains("dbb=layer5", Assert.Throws<GraphException>(() => Zoo.Create("resnet18", s_small with { Blocks = BlockChoice.Parse("dbb=layer5") })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public void A_dilated_block_without_its_average_branch_is_named(int dilation, int reduced)
    {
        Value x = new GraphBuilder().Input(4, 9, 9).Conv2d("conv", 4, 3, padding: dilation, dilation: dilation);
        BlockSubstitutionResult built = BlockSubstitution.Apply(new NetworkDefinition(x.Builder.Build(x), ModelMetadata.None), new BlockChoice(MultiBranchKind.DiverseBranch));
        Assert.Equal(["conv"], built.Replaced);
        Assert.Equal(reduced, built.Reduced.Length);
        Assert.Equal(reduced == 0, built.NetworkDefinition.Graph.TryFind("conv.dbb_avg.avg", out _));
        Assert.All(built.Reduced, block => Assert.Contains("the block has no average branch", block.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_kernel_that_would_have_to_be_cropped_stays_plain_by_name()
    {
        Value x = new GraphBuilder().Input(4, 9, 9).Conv2d("conv", 4, 3);
        BlockSubstitutionResult built = BlockSubstitution.Apply(new NetworkDefinition(x.Builder.Build(x), ModelMetadata.None), new BlockChoice(MultiBranchKind.RepVgg));
        Assert.Empty(built.Replaced);
        Assert.Contains("padding of at least 0", Assert.Single(built.Plain).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("all", 1, 1)]
    [InlineData("single", 1, 0)]
    [InlineData("reduced", 1f / 3, 1f / 3)]
    public void Norms_in_front_of_the_sum_begin_as_the_authors_have_it(string start, float main, float others)
    {
        BranchWeights weights = start switch { "single" => BranchWeights.Single, "reduced" => BranchWeights.Reduced, _ => BranchWeights.All };
        Model model = Zoo.Create("cifar_resnet8", s_small with { Blocks = [new BlockChoice(MultiBranchKind.DiverseBranch) { Weights = weights }] }).Initialize(seed: 1);
        Assert.All(First("dbb_origin.bn"), value => Assert.Equal(main, value));
        Assert.All(First("dbb_1x1.bn"), value => Assert.Equal(others, value));
        Assert.All(First("dbb_1x1_kxk.bn2"), value => Assert.Equal(others, value));
        Assert.All(First("dbb_avg.avgbn"), value => Assert.Equal(others, value));
        Assert.All(First("dbb_1x1_kxk.bn1"), value => Assert.Equal(1, value)); // within a branch

        float[] First(string norm) => model.Parameters[$"layer1.0.conv1.{norm}.weight"].Value.Read<float>().ToArray();
    }

    [Theory]
    [InlineData(ChannelAttention.None)]
    [InlineData(ChannelAttention.SqueezeExcitation)] // its product lies between the block and the sum
    public void A_block_at_the_end_of_a_branch_that_is_zero_begins_at_zero(ChannelAttention attention)
    {
        NetworkDefinition network = ResNet.Create(new() { Block = ResidualBlock.Basic, Blocks = [1], Width = 16, ZeroInitResidual = true, Attention = attention });
        Model model = BlockSubstitution.Apply(network, new BlockChoice(MultiBranchKind.DiverseBranch)).NetworkDefinition.Initialize(seed: 1);
        foreach (string norm in (string[])["dbb_origin.bn", "dbb_1x1.bn", "dbb_1x1_kxk.bn2", "dbb_avg.avgbn"])
        {
            Assert.All(model.Parameters[$"layer1.0.conv1.{norm}.weight"].Value.Read<float>().ToArray(), value => Assert.Equal(1, value));
            Assert.All(model.Parameters[$"layer1.0.conv2.{norm}.weight"].Value.Read<float>().ToArray(), value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void The_1x1_that_leads_a_chain_of_dbb_begins_as_the_identity()
    {
        Model model = Zoo.Create("resnext50_32x4d", s_small with { Blocks = BlockChoice.Parse("dbb=layer1.1.conv2") }).Initialize(seed: 1);
        Tensor weight = model.Parameters["layer1.1.conv2.dbb_1x1_kxk.idconv1.weight"].Value;
        Assert.Equal(Shape.Of(128, 4, 1, 1), weight.Shape); // 32 groups of 4 channels
        float[] values = weight.Read<float>().ToArray();
        Assert.Equal(Enumerable.Range(0, 128 * 4).Select(i => i / 4 % 4 == i % 4 ? 1f : 0f), values);
    }
}
