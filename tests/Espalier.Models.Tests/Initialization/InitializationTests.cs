using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models.Tests;

public sealed class InitializationTests
{
    private const ulong Seed = 7;

    // The rules of torchvision 0.14's model files: network, parameter, distribution, variance (or, of a constant, its value).
    private static readonly (string Network, string Parameter, string Distribution, double Value)[] Rules =
    [
        ("resnet18", "conv1.weight", "normal", 2.0 / (64 * 49)),
        ("resnet18", "layer4.1.conv2.weight", "normal", 2.0 / (512 * 9)),
        ("resnet18", "fc.weight", "uniform", 1.0 / 3 / 512),
        ("resnet18", "fc.bias", "uniform", 1.0 / 3 / 512),
        ("resnet18", "bn1.weight", "constant", 1),
        ("resnet18", "bn1.bias", "constant", 0),
        ("resnet18", "bn1.running_mean", "constant", 0),
        ("resnet18", "bn1.running_var", "constant", 1),
        ("resnet18", "layer1.0.bn2.weight", "constant", 1),
        ("resnext50_32x4d", "layer3.1.conv2.weight", "normal", 2.0 / (512 * 9)), // fan out does not know of groups
        ("vgg11_bn", "features.11.weight", "normal", 2.0 / (256 * 9)),
        ("vgg11_bn", "features.11.bias", "constant", 0),
        ("vgg11_bn", "features.12.weight", "constant", 1),
        ("vgg11_bn", "classifier.6.weight", "normal", 0.0001),
        ("vgg11_bn", "classifier.6.bias", "constant", 0),
        ("mobilenet_v2", "features.18.0.weight", "normal", 2.0 / 1280),
        ("mobilenet_v2", "features.17.conv.1.0.weight", "normal", 2.0 / (960 * 9)),
        ("mobilenet_v2", "classifier.1.weight", "normal", 0.0001),
        ("mobilenet_v2", "classifier.1.bias", "constant", 0),
        ("densenet121", "features.denseblock4.denselayer16.conv1.weight", "normal", 2.0 / 992),
        ("densenet121", "classifier.weight", "uniform", 1.0 / 3 / 1024),
        ("densenet121", "classifier.bias", "constant", 0),
        ("shufflenet_v2_x1_0", "conv5.0.weight", "uniform", 1.0 / 3 / 464),
        ("shufflenet_v2_x1_0", "fc.bias", "uniform", 1.0 / 3 / 1024),
        ("alexnet", "features.6.weight", "uniform", 1.0 / 3 / (192 * 9)),
        ("alexnet", "features.6.bias", "uniform", 1.0 / 3 / (192 * 9)),
        ("alexnet", "classifier.6.weight", "uniform", 1.0 / 3 / 4096),
        ("squeezenet1_1", "features.12.squeeze.weight", "uniform", 2.0 / 512),
        ("squeezenet1_1", "features.12.squeeze.bias", "constant", 0),
        ("squeezenet1_1", "classifier.1.weight", "normal", 0.0001),
        ("googlenet", "inception5b.branch2.1.conv.weight", "normal", 0.0001),
        ("googlenet", "fc.weight", "normal", 0.0001),
        ("googlenet", "fc.bias", "uniform", 1.0 / 3 / 1024),
        ("inception_v3_aux", "Mixed_7c.branch1x1.conv.weight", "normal", 0.01),
        ("inception_v3_aux", "AuxLogits.conv1.conv.weight", "normal", 0.01), // torchvision's 0.01 as standard deviation is set on the block and has no effect
        ("inception_v3_aux", "AuxLogits.fc.weight", "normal", 0.000001),
        ("inception_v3_aux", "fc.weight", "normal", 0.01),
        ("mnasnet1_0", "layers.14.weight", "normal", 2.0 / 1280),
        ("mnasnet1_0", "classifier.1.weight", "uniform", 1.0 / 1000),
        ("mnasnet1_0", "classifier.1.bias", "constant", 0),
        ("mobilenet_v3_large", "features.16.0.weight", "normal", 2.0 / 960),
        ("mobilenet_v3_large", "features.15.block.2.fc1.bias", "constant", 0),
        ("mobilenet_v3_large", "classifier.3.weight", "normal", 0.0001),
        ("efficientnet_b0", "features.8.0.weight", "normal", 2.0 / 1280),
        ("efficientnet_b0", "classifier.1.weight", "uniform", 1.0 / 3 / 1000),
        ("efficientnet_b0", "classifier.1.bias", "constant", 0),
        ("convnext_tiny", "features.7.2.block.3.weight", "normal", 0.0004),
        ("convnext_tiny", "features.7.2.block.3.bias", "constant", 0),
        ("convnext_tiny", "features.7.2.layer_scale", "constant", 1e-6),
        ("convnext_tiny", "features.7.2.block.2.weight", "constant", 1),
        ("convnext_tiny", "classifier.2.weight", "normal", 0.0004),
        ("regnet_y_400mf", "trunk_output.block4.block4-0.f.b.0.weight", "normal", 2.0 / (440 * 9)),
        ("regnet_y_400mf", "trunk_output.block4.block4-5.f.se.fc2.bias", "uniform", 1.0 / 3 / 110),
        ("regnet_y_400mf", "fc.weight", "normal", 0.0001),
        ("regnet_y_400mf", "fc.bias", "constant", 0),
        ("cifar_resnet56", "layer3.8.conv2.weight", "normal", 2.0 / (64 * 9)),
    ];

    public static TheoryData<string> Networks => [.. Rules.Select(rule => rule.Network).Distinct()];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Parameters_begin_as_the_rules_of_the_networks_family_say(string network)
    {
        Model model = Zoo.Create(network).Initialize(Seed);
        foreach ((_, string parameter, string distribution, double value) in Rules.Where(rule => rule.Network == network))
        {
            float[] values = Values(model, parameter);
            if (distribution == "constant")
            {
                Assert.All(values, found => Assert.Equal((float)value, found));
            }
            else
            {
                HasMoments(parameter, values, value, distribution == "normal" ? 3 : 1.8);
            }
        }
    }

    [Theory]
    [InlineData(ResidualBlock.Basic, "bn2")]
    [InlineData(ResidualBlock.Bottleneck, "bn3")]
    public void Zero_init_residual_zeroes_the_last_norm_of_each_branch_and_no_other(ResidualBlock block, string last)
    {
        Model model = ResNet.Create(new() { Block = block, Blocks = [2, 1], Width = 16, ZeroInitResidual = true }).Initialize(Seed);
        foreach (Node norm in model.Graph.Nodes.Where(node => node.Op is BatchNorm))
        {
            float expected = norm.Name.StartsWith("layer", StringComparison.Ordinal) && norm.Name.EndsWith(last, StringComparison.Ordinal) ? 0 : 1;
            Assert.All(Values(model, norm.Parameter("weight")), value => Assert.Equal(expected, value));
        }
    }

    [Fact]
    public void Zero_init_residual_reaches_the_norm_before_an_attention()
    {
        Model model = Zoo.Create("seresnet18", new() { InputSize = 64 }).Initialize(Seed);
        Assert.All(Values(model, "layer1.0.bn2.weight"), value => Assert.Equal(0, value));
        Assert.All(Values(model, "layer1.0.bn1.weight"), value => Assert.Equal(1, value));
    }

    [Fact]
    public void The_numbers_depend_on_the_seed_and_not_on_the_threads()
    {
        NetworkDefinition definition = Zoo.Create("resnet18");
        using var one = new WorkerPool(1);
        using var three = new WorkerPool(3);
        Model model = definition.Initialize(Seed, one);
        Model same = definition.Initialize(Seed, three);
        Model other = definition.Initialize(Seed + 1, three);
        Assert.All(model.Parameters, parameter => Assert.True(parameter.Value.Value.BitEquals(same.Parameters[parameter.Key].Value), parameter.Key));
        Assert.All(
            model.Parameters.Where(parameter => parameter.Value.Value.Shape.Rank > 1),
            parameter => Assert.False(parameter.Value.Value.BitEquals(other.Parameters[parameter.Key].Value), parameter.Key));
    }

    [Fact]
    public void More_layers_leave_the_numbers_of_the_others_alone()
    {
        Model shallow = Zoo.Create("cifar_resnet20").Initialize(Seed);
        Model deep = Zoo.Create("cifar_resnet32", new() { Classes = 7 }).Initialize(Seed);
        foreach ((string name, Parameter parameter) in shallow.Parameters.Where(parameter => !parameter.Key.StartsWith("linear", StringComparison.Ordinal)))
        {
            Assert.True(parameter.Value.BitEquals(deep.Parameters[name].Value), name);
        }
    }

    [Fact]
    public void Different_parameters_and_neighbouring_numbers_are_not_correlated()
    {
        Model model = Zoo.Create("cifar_resnet56").Initialize(Seed);
        float[] a = Values(model, "layer3.1.conv1.weight");
        float[] b = Values(model, "layer3.1.conv2.weight");
        double limit = 5 / Math.Sqrt(a.Length);
        Assert.InRange(Correlation(a, b), -limit, limit);
        Assert.InRange(Correlation(a[..^1], a[1..]), -limit, limit);
    }

    [Fact]
    public void Buffers_are_not_trainable_and_counters_are_integers()
    {
        Model model = Zoo.Create("cifar_resnet20").Initialize(Seed);
        Assert.All(model.Parameters, parameter =>
            Assert.Equal(!parameter.Key.Contains("running", StringComparison.Ordinal) && !parameter.Key.EndsWith("tracked", StringComparison.Ordinal), parameter.Value.Trainable));
        Assert.Equal(0, Assert.Single(model.Parameters["bn1.num_batches_tracked"].Value.Read<long>().ToArray()));
    }

    [Fact]
    public void Every_op_with_parameters_has_a_rule()
    {
        Type[] withParameters = [.. typeof(Op).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Op)) && type.GetProperty(nameof(Op.Parameters))!.DeclaringType == type)];
        Value x = new GraphBuilder().Input(4, 8, 8)
            .Conv2d("conv", 4, 3, bias: true).BatchNorm("bn").GroupNorm("gn", 2).LayerNorm("ln").Affine("scale").PRelu("prelu").Quantize("round").Pad("pad", 1).GlobalAveragePool("pool").ChannelConv1d("eca", 3).Flatten("flatten").Linear("fc", 2);
        var definition = new NetworkDefinition(x.Builder.Build(x), ModelMetadata.None);
        Assert.Equal(withParameters.ToHashSet(), definition.Graph.Nodes.Where(node => node.Op.Parameters.Count > 0).Select(node => node.Op.GetType()).ToHashSet());
        Assert.Equal(definition.Graph.Parameters.Count, definition.Initialize(Seed).Parameters.Count);
    }

    /// <summary>Within five standard errors each: √(variance/n) of the mean, √(2/n) of the variance and √(24/n) of the kurtosis of n normal numbers; uniform ones have less.</summary>
    private static void HasMoments(string name, float[] values, double variance, double kurtosis)
    {
        double n = values.Length;
        double mean = values.Average(value => (double)value);
        double square = values.Average(value => (double)value * value);
        double fourth = values.Average(value => Math.Pow(value, 4));
        Assert.True(Math.Abs(mean) <= 5 * Math.Sqrt(variance / n), $"{name}: mean {mean}");
        Assert.True(Math.Abs((square / variance) - 1) <= 5 * Math.Sqrt(2 / n), $"{name}: variance {square}, expected {variance}");
        Assert.True(Math.Abs((fourth / (square * square)) - kurtosis) <= 5 * Math.Sqrt(24 / n), $"{name}: kurtosis {fourth / (square * square)}, expected {kurtosis}");
    }

    private static float[] Values(Model model, string name) => model.Parameters[name].Value.Read<float>().ToArray();

    private static double Correlation(float[] a, float[] b)
    {
        double product = a.Zip(b, (x, y) => (double)x * y).Sum();
        return product / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));
    }
}
