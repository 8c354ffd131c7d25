using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models.Tests;

/// <summary>What textbooks ask about these networks, answered by the summary.</summary>
public sealed class TextbookTests
{
    [Theory]
    [InlineData("resnet18", 512)]
    [InlineData("resnet34", 512)]
    [InlineData("resnet50", 2048)]
    [InlineData("resnet152", 2048)]
    [InlineData("plain34", 512)]
    [InlineData("preact_resnet101", 2048)]
    public void Sizes_go_224_112_56_28_14_7_because_strides_go_2_4_8_16_32(string name, int channels)
    {
        StageSummary[] stages = [.. Zoo.Create(name).Summarize().Stages];
        Assert.Equal(["conv1", "conv2_x", "conv3_x", "conv4_x", "conv5_x", "head"], stages.Select(stage => stage.Name));
        Assert.Equal([112, 56, 28, 14, 7], stages.Take(5).Select(stage => stage.Output[1]));
        Assert.Equal([2, 4, 8, 16, 32], stages.Take(5).Select(stage => stage.ReceptiveField.Stride.Height));
        Assert.Equal(channels, stages[4].Output[0]);
        Assert.Equal(Shape.Of(1000), stages[5].Output);
    }

    [Fact]
    public void The_first_convolution_and_the_max_pool_each_halve_the_size()
    {
        Graph graph = Zoo.Create("resnet50").Graph;
        Assert.Equal(Shape.Of(64, 112, 112), graph.ShapeOf("conv1")); // ⌊(224 + 2·3 − 7)/2⌋ + 1
        Assert.Equal(Shape.Of(64, 56, 56), graph.ShapeOf("maxpool")); // ⌊(112 + 2·1 − 3)/2⌋ + 1
        Assert.Equal(Shape.Of(64, 113, 97), graph.WithInput([3, 225, 193]).ShapeOf("conv1"));
        Assert.Equal(Shape.Of(2048, 8, 7), graph.WithInput([3, 225, 193]).ShapeOf("layer4.2.relu3"));
    }

    [Fact]
    public void The_fifty_layers_of_resnet50_are_1_9_12_18_9_1() =>
        Assert.Equal([1, 9, 12, 18, 9, 1], Zoo.Create("resnet50").Summarize().Stages.Select(stage => stage.Depth));

    [Fact]
    public void Two_3x3_convolutions_of_256_channels_hold_16_94_times_the_weights_of_a_bottleneck()
    {
        long basic = Weights(x => x.BasicBlock(new(256)));
        long bottleneck = Weights(x => x.Bottleneck(new(64)));
        Assert.Equal((1_179_648, 69_632), (basic, bottleneck));
        Assert.Equal(16.94, basic / (double)bottleneck, 2);
    }

    [Fact]
    public void Three_stacked_3x3_convolutions_see_3_5_and_7_pixels()
    {
        Value x = new GraphBuilder().Input(8, 32, 32).Stack3x3(8, 3);
        IReadOnlyDictionary<string, ReceptiveField> fields = ReceptiveField.Of(x.Builder.Build(x));
        Assert.Equal([3, 5, 7], new[] { "conv1", "conv2", "conv3" }.Select(name => fields[name].Field.Height));
    }

    [Fact]
    public void A_1x7_and_a_7x1_convolution_see_as_much_as_a_7x7_with_two_sevenths_of_its_weights()
    {
        Value x = new GraphBuilder().Input(256, 14, 14).Factorized(256, 7);
        Assert.Equal(new Size(7, 7), ReceptiveField.Of(x.Builder.Build(x))[x.Name].Field);
        Assert.Equal(Shape.Of(256, 14, 14), x.Shape);
        Assert.Equal(256 * 256 * 49 * 2 / 7, Weights(x => x.Factorized(256, 7)));
    }

    [Fact]
    public void Groups_and_depthwise_separable_convolution_divide_the_weights()
    {
        Assert.Equal(256 * 256 * 9 / 32, Weights(x => x.Grouped3x3(256, groups: 32)));
        Assert.Equal((256 * 9) + (256 * 256), Weights(x => x.DepthwiseSeparable(256)));
    }

    [Fact]
    public void Option_a_costs_no_parameters_and_option_b_2752_in_resnet20()
    {
        long Parameters(string name) => Zoo.Create(name).Summarize().Parameters;
        Assert.Equal(Parameters("cifar_plain20"), Parameters("cifar_resnet20"));
        Assert.Equal((16 * 32) + (2 * 32) + (32 * 64) + (2 * 64), Parameters("cifar_resnet20_b") - Parameters("cifar_resnet20"));
    }

    private static long Weights(Func<Value, Value> block)
    {
        Value x = block(new GraphBuilder().Input(256, 14, 14));
        return new NetworkSummary(x.Builder.Build(x)).Nodes.Where(row => row.Node.Op is Conv2d).Sum(row => row.Parameters);
    }
}
