using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models.Tests;

/// <summary>Names that begin with who trained the network.</summary>
public sealed class ZooSourceNamesTests
{
    [Theory]
    [InlineData("tv_resnet50", "resnet50", Interpolation.Bilinear)]
    [InlineData("ssl_resnet18", "resnet18", Interpolation.Bilinear)]
    [InlineData("swsl_resnext101_32x16d", "resnext101_32x16d", Interpolation.Bilinear)]
    [InlineData("ig_resnext101_32x32d", "resnext101_32x32d", Interpolation.Bilinear)]
    [InlineData("gluon_resnet18_v1b", "resnet18", Interpolation.Bicubic)]
    [InlineData("gluon_resnet152_v1s", "resnet152s", Interpolation.Bicubic)]
    [InlineData("gluon_senet154", "senet154", Interpolation.Bicubic)]
    public void The_network_is_the_one_after_the_prefix(string name, string network, Interpolation interpolation)
    {
        NetworkDefinition found = Zoo.Create(name);
        Assert.Equal(Zoo.Create(network).Graph.Parameters, found.Graph.Parameters);
        Assert.Equal(name, found.Metadata.Architecture);
        Assert.Equal((interpolation, 256), (found.Metadata.Preprocessing!.Interpolation, found.Metadata.Preprocessing.Resize));
    }

    [Fact]
    public void The_widest_of_those_of_Instagram_has_829_million_parameters() =>
        Assert.Equal(828_411_176, Zoo.Create("ig_resnext101_32x48d").Summarize().Parameters);

    [Theory]
    [InlineData("tv_resnet18")]
    [InlineData("gluon_resnet18_v1d")]
    [InlineData("gluon_resnet50")]
    [InlineData("ssl_resnet34")]
    [InlineData("tv_vgg16")]
    public void Names_that_timm_lacks_are_unknown(string name) => Assert.False(Zoo.TryFind(name, out _));
}
