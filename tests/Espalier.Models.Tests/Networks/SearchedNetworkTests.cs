using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models.Tests;

/// <summary>What logits do not show of the networks that torchvision took from TensorFlow: attributes of norms, stochastic depth, input transforms, heads.</summary>
public sealed class SearchedNetworkTests
{
    [Theory]
    [InlineData("googlenet", 1e-3, 0.1)]
    [InlineData("inception_v3", 1e-3, 0.1)]
    [InlineData("mnasnet1_0", 1e-5, 1 - 0.9997)]
    [InlineData("mobilenet_v3_small", 1e-3, 0.01)]
    [InlineData("mobilenet_v3_large", 1e-3, 0.01)]
    [InlineData("efficientnet_b4", 1e-5, 0.1)]
    [InlineData("efficientnet_b5", 1e-3, 0.01)]
    [InlineData("efficientnet_b6", 1e-3, 0.01)]
    [InlineData("efficientnet_b7", 1e-3, 0.01)]
    [InlineData("efficientnet_v2_s", 1e-3, 0.1)]
    [InlineData("regnet_y_400mf", 1e-5, 0.1)]
    public void Norms_have_torchvisions_epsilon_and_momentum(string network, double epsilon, double momentum)
    {
        BatchNorm[] norms = [.. Zoo.Create(network).Graph.Nodes.Select(node => node.Op).OfType<BatchNorm>()];
        Assert.NotEmpty(norms);
        Assert.All(norms, norm => Assert.Equal((epsilon, momentum), (norm.Epsilon, norm.Momentum)));
    }

    [Theory]
    [InlineData("efficientnet_b0", 16, 9, "features.2.1", 2)]
    [InlineData("efficientnet_b0", 16, 9, "features.6.3", 14)]
    [InlineData("efficientnet_v2_s", 40, 35, "features.1.1", 1)]
    [InlineData("efficientnet_v2_s", 40, 35, "features.6.14", 39)]
    public void Blocks_of_EfficientNet_are_dropped_with_a_probability_that_grows_with_their_number(string network, int blocks, int shortcuts, string scope, int block)
    {
        Graph graph = Zoo.Create(network).Graph;
        var op = (StochasticDepth)graph[$"{scope}.stochastic_depth"].Op;
        Assert.Equal(1 - (0.2 * block / blocks), op.SurvivalProbability, 1e-15);
        Assert.Equal((StochasticDepthMode.Row, StochasticDepthScaling.Inverted, StochasticDepthForm.Residual), (op.Mode, op.Scaling, op.Form));
        Assert.Equal(shortcuts, graph.Nodes.Count(node => node.Op is StochasticDepth or Add)); // the first block's probability is 0, which is a plain sum
    }

    [Theory]
    [InlineData("convnext_tiny", 0.1, 18)]
    [InlineData("convnext_small", 0.4, 36)]
    [InlineData("convnext_large", 0.5, 36)]
    public void Blocks_of_ConvNeXt_are_dropped_with_a_probability_that_reaches_the_last(string network, double last, int blocks)
    {
        Node[] joins = [.. Zoo.Create(network).Graph.Nodes.Where(node => node.Op is StochasticDepth or Add)];
        Assert.Equal(blocks, joins.Length);
        Assert.IsType<Add>(joins[0].Op);
        Assert.Equal(1 - (last * 1 / (blocks - 1)), ((StochasticDepth)joins[1].Op).SurvivalProbability, 1e-15);
        Assert.Equal(1 - last, ((StochasticDepth)joins[^1].Op).SurvivalProbability, 1e-15);
    }

    [Theory]
    [InlineData("googlenet", 256, 224)]
    [InlineData("inception_v3", 342, 299)]
    public void Transform_input_is_a_part_of_the_preprocessing(string network, int resize, int crop)
    {
        Preprocessing preprocessing = Zoo.Create(network).Metadata.Preprocessing!;
        Assert.Equal((resize, new Size(crop, crop)), (preprocessing.Resize, preprocessing.Crop));
        Normalization usual = Normalization.ImageNet;
        foreach ((int channel, byte value) in from channel in Enumerable.Range(0, 3) from value in new byte[] { 0, 1, 127, 255 } select (channel, value))
        {
            // torchvision's _transform_input: x * (0.229 / 0.5) + (0.485 - 0.5) / 0.5
            double transformed = (usual.Of(value, channel) * (usual.StandardDeviation[channel] / 0.5)) + ((usual.Mean[channel] - 0.5) / 0.5);
            Assert.Equal(transformed, preprocessing.Normalization.Of(value, channel), 1e-6);
        }
    }

    [Theory]
    [InlineData("efficientnet_b0", 256, 224, Interpolation.Bicubic, 0.485f)]
    [InlineData("efficientnet_b3", 320, 300, Interpolation.Bicubic, 0.485f)]
    [InlineData("efficientnet_b7", 600, 600, Interpolation.Bicubic, 0.485f)]
    [InlineData("efficientnet_v2_m", 480, 480, Interpolation.Bilinear, 0.485f)]
    [InlineData("efficientnet_v2_l", 480, 480, Interpolation.Bicubic, 0.5f)]
    public void EfficientNets_have_the_preprocessing_of_their_weights(string network, int resize, int crop, Interpolation interpolation, float mean)
    {
        Preprocessing preprocessing = Zoo.Create(network).Metadata.Preprocessing!;
        Assert.Equal((resize, new Size(crop, crop), interpolation, mean), (preprocessing.Resize, preprocessing.Crop, preprocessing.Interpolation, preprocessing.Normalization.Mean[0]));
        Preprocessing smaller = Zoo.Create(network, new() { InputSize = 64 }).Metadata.Preprocessing!;
        Assert.Equal((int)Math.Round(64.0 * resize / crop), smaller.Resize);
    }

    [Theory]
    [InlineData("googlenet", "fc", "aux1.fc2", "aux2.fc2")]
    [InlineData("inception_v3", "fc", "AuxLogits.fc")]
    public void Auxiliary_heads_are_further_outputs(string network, params string[] outputs)
    {
        Assert.Equal(["fc"], Zoo.Create(network).Graph.Outputs);
        Graph graph = Zoo.Create($"{network}_aux", new() { Classes = 7 }).Graph;
        Assert.Equal(outputs, graph.Outputs);
        Assert.All(graph.Outputs, output => Assert.Equal(Shape.Of(7), graph.ShapeOf(output)));
    }

    [Theory]
    [InlineData("alexnet", 63)]
    [InlineData("squeezenet1_0", 21)]
    [InlineData("squeezenet1_1", 17)]
    [InlineData("googlenet", 15)]
    [InlineData("inception_v3", 75)]
    [InlineData("mobilenet_v3_small", 1)]
    [InlineData("efficientnet_b0", 1)]
    [InlineData("convnext_tiny", 32)]
    [InlineData("regnet_x_400mf", 1)]
    public void The_smallest_input_is_torchvisions(string network, int side)
    {
        Assert.Equal(Shape.Of(1000), Zoo.Create(network, new() { InputSize = side }).Graph.ShapeOf(Zoo.Create(network).Graph.Outputs[0]));
        if (network is "alexnet" or "squeezenet1_0" or "squeezenet1_1" or "inception_v3" or "convnext_tiny")
        {
            Assert.Throws<GraphException>(() => Zoo.Create(network, new() { InputSize = side - 1 }));
        }
    }

    [Fact]
    public void Impossible_options_are_refused()
    {
        Assert.Throws<GraphException>(() => RegNet.Create(RegNetTable.X[0] with { Step = 1 }));
        Assert.Throws<GraphException>(() => RegNet.Create(RegNetTable.X[0] with { InitialWidth = 20 }));
        Assert.Throws<GraphException>(() => RegNet.Create(RegNetTable.X[0] with { Slope = double.NaN }));
        Assert.Throws<GraphException>(() => RegNet.Create(RegNetTable.X[0] with { SqueezeExcitation = 2 }));
        Assert.Throws<GraphException>(() => EfficientNet.Create(new()));
        Assert.Throws<GraphException>(() => EfficientNet.Create(EfficientNetTable.Version1[0] with { Depth = double.NaN }));
        Assert.Throws<GraphException>(() => EfficientNet.Create(EfficientNetTable.Version1[0] with { StochasticDepth = 1 }));
        Assert.Throws<GraphException>(() => MobileNetV3.Create(new()));
        Assert.Throws<GraphException>(() => ConvNeXt.Create(ConvNeXt.Tiny with { Blocks = [3, 3] }));
        Assert.Throws<GraphException>(() => ConvNeXt.Create(ConvNeXt.Tiny with { StochasticDepth = 1 }));
    }
}
