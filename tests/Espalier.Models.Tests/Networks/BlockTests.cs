using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models.Tests;

public sealed class BlockTests
{
    [Fact]
    public void A_shuffle_unit_keeps_half_of_the_channels_and_works_on_the_other()
    {
        Value x = new GraphBuilder().Input(116, 28, 28).ShuffleUnit();
        Graph graph = x.Builder.Build(x);
        Assert.Equal(Shape.Of(116, 28, 28), x.Shape);
        Assert.Equal(new ChannelSlice(0, 58), graph["passed"].Op);
        Assert.Equal(new ChannelSlice(58, 58), graph["worked"].Op);
        Assert.Equal(["passed", "branch2.7"], graph["concat"].Inputs);
        Assert.Equal(new ChannelShuffle(2), graph["shuffle"].Op);
    }

    [Fact]
    public void A_dense_block_adds_its_growth_with_every_layer_behind_what_was_there()
    {
        Value x = new GraphBuilder().Input(64, 56, 56).DenseBlock(6, 32);
        Graph graph = x.Builder.Build(x);
        Assert.Equal(Shape.Of(64 + (6 * 32), 56, 56), x.Shape);
        Assert.Equal(["denselayer1.concat", "denselayer2.conv2"], graph["denselayer2.concat"].Inputs);
        Assert.Equal(Shape.Of(32, 28, 28), new GraphBuilder().Input(64, 56, 56).Transition().Shape);
    }

    [Theory]
    [InlineData(32, 1, true)]
    [InlineData(32, 2, false)]
    [InlineData(48, 1, false)]
    public void An_inverted_residual_has_a_shortcut_only_where_the_shape_stays(int channels, int stride, bool shortcut)
    {
        Value x = new GraphBuilder().Input(32, 14, 14).InvertedResidual(channels, stride);
        Assert.Equal(shortcut, x.Builder.Build(x).TryFind("add", out _));
        Assert.Equal(Shape.Of(channels, 14 / stride, 14 / stride), x.Shape);
    }

    [Fact]
    public void Networks_with_lists_that_do_not_fit_are_refused_by_name()
    {
        Assert.Equal("vgg16", Assert.Throws<GraphException>(() => Vgg.Create(Vgg.Vgg16 with { Convolutions = [1, 2] })).Node);
        Assert.Equal("shufflenet_v2_x0_5", Assert.Throws<GraphException>(() => ShuffleNetV2.Create(ShuffleNetV2.Half with { Channels = [48, 97, 192] })).Node);
        Assert.Equal("densenet121", Assert.Throws<GraphException>(() => DenseNet.Create(DenseNet.DenseNet121 with { Layers = [] })).Node);
        Assert.Equal("classifier.0", Assert.Throws<GraphException>(() => MobileNetV2.Create(new() { Dropout = 1 })).Node);
        Assert.Equal("mobilenet_v1", Assert.Throws<GraphException>(() => MobileNetV1.Create(new() { Width = double.NaN })).Node);
    }
}
