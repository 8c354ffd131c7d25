using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models.Tests;

public sealed class ZooTests
{
    public static TheoryData<string> Names => [.. Zoo.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_network_takes_any_classes_channels_and_odd_sizes(string name)
    {
        NetworkDefinition definition = Zoo.Create(name, new ZooOptions { Classes = 7, InputChannels = 2, InputSize = (97, 131) });
        Assert.Equal(Shape.Of(2, 97, 131), definition.Graph.ShapeOf("input"));
        Assert.Equal(Shape.Of(7), definition.Graph.ShapeOf(Assert.Single(definition.Graph.Outputs)));
        Assert.Equal(name, definition.Metadata.Architecture);
        Assert.Empty(definition.Metadata.Labels);
        Assert.Null(definition.Metadata.Preprocessing); // the statistics are of three channels
    }

    [Fact]
    public void Every_entry_says_in_one_line_what_it_is()
    {
        Assert.Equal(Zoo.Entries.Length, Zoo.Names.Distinct().Count());
        Assert.All(Zoo.Entries, entry => Assert.Matches(@"\A[^\n]{10,110}\z", $"{entry.Family}: {entry.Description}"));
    }

    [Theory]
    [InlineData("cifar_resnet8")]
    [InlineData("cifar_resnet14_b")]
    [InlineData("cifar_plain26")]
    [InlineData("cifar_preact_resnet20")]
    [InlineData("cifar_preact_resnet29_bottleneck", 29)]
    [InlineData("cifar_preact_resnet200", 200)]
    [InlineData("cifar_preact_resnet170_basic", 170)]
    [InlineData("cifar_preact_plain110")]
    [InlineData("cifar_preact_plain56_bottleneck", 56)]
    public void A_depth_in_the_name_is_the_depth_of_the_network(string name, int depth = 0)
    {
        depth = depth > 0 ? depth : int.Parse(string.Concat(name.Where(char.IsAsciiDigit)));
        NetworkDefinition definition = Zoo.Create(name);
        Assert.Equal(depth, definition.Summarize().Depth);
        Assert.Equal(name, definition.Metadata.Architecture);
    }

    [Theory]
    [InlineData("mobilenet_v1_x0_5", 1331592)]
    [InlineData("mobilenet_v2_x0_35", 1677128)]
    [InlineData("mobilenet_v2_x0_5", 1968680)]
    [InlineData("mobilenet_v2_x0_75", 2636424)]
    [InlineData("mobilenet_v2_x1_4", 6108776)]
    [InlineData("mobilenet_v3_large_x0_75", 3377576)]
    [InlineData("mobilenet_v3_small_x0_5", 917264)]
    [InlineData("mnasnet0_35", 1788232)]
    [InlineData("mnasnet2_0", 12469944)]
    [InlineData("mnasnet0_5_v1", 2220824)]
    public void A_width_in_the_name_is_the_width_of_the_network(string name, long parameters) =>
        Assert.Equal(parameters, Zoo.Create(name).Summarize().Parameters);

    [Theory]
    [InlineData("resnet51", "resnet50")]
    [InlineData("ResNet-50", "resnet50")]
    [InlineData("vgg19bn", "vgg19_bn")]
    [InlineData("densenet", "densenet121")]
    [InlineData("mobilenet_v3", "mobilenet_v1")]
    public void An_unknown_name_is_answered_with_similar_ones(string name, string similar)
    {
        EspalierException error = Assert.Throws<EspalierException>(() => Zoo.Create(name));
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(similar, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("resnet50\n")]
    [InlineData("cifar_resnet56\n")]
    [InlineData("cifar_resnet056")]
    [InlineData("cifar_resnet-4")]
    [InlineData("cifar_resnet20_basic")]
    [InlineData("cifar_plain20_b")]
    [InlineData("cifar_preact_resnet110_b")]
    [InlineData("cifar_resnet9999999999")]
    [InlineData("mobilenet_v2_x1.4")]
    public void A_name_that_only_looks_like_one_is_unknown(string name)
    {
        Assert.False(Zoo.TryFind(name, out _));
        Assert.Throws<EspalierException>(() => Zoo.Find(name));
    }

    [Theory]
    [InlineData("cifar_resnet57", "56 and 62")]
    [InlineData("cifar_resnet2", "8 and 14")]
    [InlineData("cifar_preact_resnet1000", "992 and 1001")]
    [InlineData("cifar_resnet99999998", "up to 10000")]
    public void An_impossible_depth_is_answered_with_the_nearest(string name, string nearest) =>
        Assert.Contains(nearest, Assert.Throws<GraphException>(() => Zoo.Create(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void Options_that_cannot_be_are_refused_by_the_node_that_cannot()
    {
        Assert.Equal("fc", Assert.Throws<GraphException>(() => Zoo.Create("resnet18", new() { Classes = 0 })).Node);
        Assert.Equal("input", Assert.Throws<GraphException>(() => Zoo.Create("resnet18", new() { InputChannels = 0 })).Node);
        Assert.Equal("features.20", Assert.Throws<GraphException>(() => Zoo.Create("vgg11", new() { InputSize = 31 })).Node);
        Assert.Contains("width above 0", Assert.Throws<GraphException>(() => Zoo.Create("mobilenet_v2_x0_0")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Imagenet_networks_know_how_images_are_prepared()
    {
        Assert.Equal(Preprocessing.ImageNet, Zoo.Create("resnet50").Metadata.Preprocessing);
        Preprocessing larger = Zoo.Create("resnet50", new() { InputSize = 320 }).Metadata.Preprocessing!;
        Assert.Equal((366, new Size(320, 320)), (larger.Resize, larger.Crop)); // 320 · 256/224 = 365.7
    }

    [Fact]
    public void Cifar_networks_know_their_classes_and_the_statistics_of_their_published_weights()
    {
        ModelMetadata a = Zoo.Create("cifar_resnet56").Metadata;
        ModelMetadata b = Zoo.Create("cifar_resnet56_b").Metadata;
        Assert.Equal("airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck", a.Labels.ToString());
        Assert.Equal(a.Labels, b.Labels);
        Assert.Equal([0.485f, 0.456f, 0.406f], a.Preprocessing!.Normalization.Mean);
        Assert.Equal([0.229f, 0.224f, 0.225f], a.Preprocessing.Normalization.StandardDeviation);
        Assert.Equal([0.4914f, 0.4822f, 0.4465f], b.Preprocessing!.Normalization.Mean);
        Assert.Equal([0.2023f, 0.1994f, 0.2010f], b.Preprocessing.Normalization.StandardDeviation);
        Assert.Equal((32, new Size(32, 32)), (a.Preprocessing.Resize, a.Preprocessing.Crop));
        Assert.Empty(Zoo.Create("cifar_resnet56", new() { Classes = 100 }).Metadata.Labels);
    }
}
