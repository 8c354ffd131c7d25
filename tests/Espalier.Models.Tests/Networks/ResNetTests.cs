using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models.Tests;

public sealed class ResNetTests
{
    [Fact]
    public void Nodes_without_parameters_are_named_within_their_block()
    {
        Graph graph = Zoo.Create("resnet50").Graph;
        string[] expected =
        [
            "conv1", "bn1", "relu1", "conv2", "bn2", "relu2", "conv3", "bn3", "downsample.0", "downsample.1", "add", "relu3",
        ];
        Assert.Equal(expected.Select(name => $"layer1.0.{name}"), graph.InScope("layer1.0").Select(node => node.Name));
        Assert.Equal(["input", "conv1", "bn1", "relu", "maxpool"], graph.Nodes.Take(5).Select(node => node.Name));
        Assert.Equal(["avgpool", "flatten", "fc"], graph.Nodes.TakeLast(3).Select(node => node.Name));
    }

    [Fact]
    public void Option_a_takes_every_second_pixel_and_pads_a_quarter_of_the_new_width_on_each_side()
    {
        Graph graph = Zoo.Create("cifar_resnet20").Graph;
        Assert.Equal(new AveragePool(1) { Stride = 2 }, graph["layer2.0.downsample.subsample"].Op);
        Assert.Equal(new PadChannels(8, 8), graph["layer2.0.downsample.pad"].Op);
        Assert.Equal(new PadChannels(16, 16), graph["layer3.0.downsample.pad"].Op);
        Assert.False(graph.TryFind("layer1.0.downsample.pad", out _)); // the shape stays: the shortcut is the identity
    }

    [Theory]
    [InlineData("resnet50", "layer2.0.conv2", "layer2.0.conv1")]
    [InlineData("resnet50_v1", "layer2.0.conv1", "layer2.0.conv2")]
    [InlineData("preact_resnet50", "layer2.0.conv2", "layer2.0.conv1")]
    [InlineData("cifar_preact_resnet164", "layer2.0.conv1", "layer2.0.conv2")]
    public void The_stride_is_where_the_version_has_it(string name, string strided, string other)
    {
        Graph graph = Zoo.Create(name).Graph;
        Assert.Equal(2, Assert.IsType<Conv2d>(graph[strided].Op).Stride);
        Assert.Equal(1, Assert.IsType<Conv2d>(graph[other].Op).Stride);
    }

    [Fact]
    public void Dilation_instead_of_stride_keeps_the_size_and_begins_one_block_late_as_in_torchvision()
    {
        Graph graph = ResNet.Create(ResNetTable.ResNet50 with { DilateInsteadOfStride = [false, true, true] }).Graph;
        Size Dilation(string node) => Assert.IsType<Conv2d>(graph[node].Op).Dilation;
        Assert.Equal(Shape.Of(2048, 28, 28), graph.ShapeOf("layer4.2.relu3"));
        Assert.Equal([1, 2, 2, 4], new[] { "layer3.0", "layer3.1", "layer4.0", "layer4.1" }.Select(block => Dilation($"{block}.conv2").Height));
        Assert.All(graph.Nodes.Where(node => node.Op is Conv2d { Kernel: { Height: 1, Width: 1 } }), node => Assert.Equal(1, Dilation(node.Name)));
    }

    [Fact]
    public void The_first_preactivation_block_after_an_activated_stem_begins_with_its_convolution()
    {
        Graph graph = Zoo.Create("preact_resnet50").Graph;
        Assert.False(graph.TryFind("layer1.0.bn1", out _));
        Assert.Equal("maxpool", graph["layer1.0.conv1"].Inputs[0]);
        Assert.Equal("maxpool", graph["layer1.0.downsample.0"].Inputs[0]);
        Assert.Equal("layer2.0.relu1", graph["layer2.0.downsample.0"].Inputs[0]);
    }

    [Theory]
    [InlineData("plain34", "resnet34")]
    [InlineData("plain50", "resnet50")]
    [InlineData("cifar_plain56", "cifar_resnet56")]
    [InlineData("preact_plain50", "preact_resnet50")]
    public void A_plain_twin_is_the_network_less_its_shortcuts(string plain, string residual)
    {
        static bool OnBranch(Node node) => !node.Name.Contains("downsample", StringComparison.Ordinal) && node.Op is not Add;
        Graph twin = Zoo.Create(plain).Graph;
        Assert.Equal(Zoo.Create(residual).Graph.Nodes.Where(OnBranch).Select(node => (node.Name, node.Op)), twin.Nodes.Select(node => (node.Name, node.Op)));
    }

    [Fact]
    public void A_basic_block_refuses_what_only_bottlenecks_have()
    {
        ResNetOptions[] impossible =
        [
            ResNetTable.ResNet18 with { Groups = 2 },
            ResNetTable.ResNet18 with { WidthPerGroup = 128 },
            ResNetTable.ResNet18 with { DilateInsteadOfStride = [false, false, true] },
            ResNetTable.PreActivation18 with { Groups = 2 },
        ];
        Assert.All(impossible, options => Assert.Equal("basic block", Assert.Throws<GraphException>(() => ResNet.Create(options)).Node));
    }

    [Fact]
    public void Lists_that_do_not_fit_are_refused()
    {
        ResNetOptions[] impossible =
        [
            ResNetTable.ResNet50 with { Blocks = [] },
            ResNetTable.ResNet50 with { Blocks = [3, 0, 6, 3] },
            ResNetTable.ResNet50 with { Blocks = [1, 1, 1, 1, 1, 1, 1, 1, 1] },
            ResNetTable.ResNet50 with { DilateInsteadOfStride = [true] },
        ];
        Assert.All(impossible, options => Assert.Equal("resnet50", Assert.Throws<GraphException>(() => ResNet.Create(options)).Node));
        Assert.Throws<GraphException>(() => ResNet.Create(ResNetTable.ResNet50 with { Groups = 0 }));
        Assert.Throws<GraphException>(() => ResNet.Create(ResNetTable.ResNet50 with { Width = 0 }));
        Assert.Throws<GraphException>(() => ResNet.Create(ResNetTable.ResNet50 with { Norm = Norms.Group(48) }));
    }

    [Fact]
    public void Very_deep_networks_are_built_and_summarised()
    {
        NetworkSummary deep = Zoo.Create("cifar_preact_resnet1001").Summarize();
        NetworkSummary deepest = Zoo.Create("cifar_resnet1202").Summarize();
        Assert.Equal((1001, 1202), (deep.Depth, deepest.Depth));
        Assert.Equal([1, 333, 333, 333, 1], deep.Stages.Select(stage => stage.Depth));
    }
}
