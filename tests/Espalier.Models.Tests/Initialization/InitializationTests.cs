using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models.Tests;

public sealed class InitializationTests
{
    private const ulong Seed = 7;

    [Theory] // the rules of torchvision 0.14's model files, family by family
    [InlineData("resnet18", "layer4.1.conv2.weight", "normal", 2.0 / (512 * 9))]
    [InlineData("resnet18", "conv1.weight", "normal", 2.0 / (64 * 49))]
    [InlineData("resnet18", "fc.weight", "uniform", 1.0 / 3 / 512)]
    [InlineData("resnet18", "fc.bias", "uniform", 1.0 / 3 / 512)]
    [InlineData("resnext50_32x4d", "layer3.1.conv2.weight", "normal", 2.0 / (512 * 9))] // fan out does not know of groups
    [InlineData("vgg11", "features.8.weight", "normal", 2.0 / (256 * 9))]
    [InlineData("vgg11", "classifier.6.weight", "normal", 0.0001)]
    [InlineData("mobilenet_v2", "features.18.0.weight", "normal", 2.0 / 1280)]
    [InlineData("mobilenet_v2", "features.17.conv.1.0.weight", "normal", 2.0 / (960 * 9))]
    [InlineData("mobilenet_v2", "classifier.1.weight", "normal", 0.0001)]
    [InlineData("densenet121", "features.denseblock4.denselayer16.conv1.weight", "normal", 2.0 / 992)]
    [InlineData("densenet121", "classifier.weight", "uniform", 1.0 / 3 / 1024)]
    [InlineData("shufflenet_v2_x1_0", "conv5.0.weight", "uniform", 1.0 / 3 / 464)]
    [InlineData("cifar_resnet56", "layer3.8.conv2.weight", "normal", 2.0 / (64 * 9))]
    public void A_weight_has_the_mean_and_variance_of_its_familys_rule(string network, string name, string distribution, double variance)
    {
        float[] values = Values(Zoo.Create(network).Initialize(Seed), name);
        double n = values.Length;
        double mean = values.Average(value => (double)value);
        double found = values.Average(value => (double)value * value);
        double kurtosis = values.Average(value => Math.Pow(value, 4)) / (found * found);
        bool normal = distribution == "normal";

        // Five standard errors each: of the mean; of the variance (2/n normal, 0.8/n uniform); of the kurtosis (24/n normal, less uniform).
        Assert.InRange(mean, -5 * Math.Sqrt(variance / n), 5 * Math.Sqrt(variance / n));
        Assert.InRange(found / variance, 1 - (5 * Math.Sqrt(2 / n)), 1 + (5 * Math.Sqrt(2 / n)));
        Assert.InRange(kurtosis - (normal ? 3 : 1.8), -5 * Math.Sqrt(24 / n), 5 * Math.Sqrt(24 / n));
    }

    [Theory]
    [InlineData("vgg11_bn", "features.0.bias", 0)]
    [InlineData("vgg11_bn", "classifier.0.bias", 0)]
    [InlineData("vgg11_bn", "features.1.weight", 1)]
    [InlineData("mobilenet_v2", "classifier.1.bias", 0)]
    [InlineData("densenet121", "classifier.bias", 0)]
    [InlineData("resnet18", "bn1.weight", 1)]
    [InlineData("resnet18", "bn1.bias", 0)]
    [InlineData("resnet18", "bn1.running_mean", 0)]
    [InlineData("resnet18", "bn1.running_var", 1)]
    [InlineData("resnet18", "layer1.0.bn2.weight", 1)]
    public void A_constant_is_what_torchvision_has(string network, string name, float expected) =>
        Assert.All(Values(Zoo.Create(network).Initialize(Seed), name), value => Assert.Equal(expected, value));

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
    public void The_numbers_depend_on_the_seed_and_not_on_the_threads()
    {
        Blueprint blueprint = Zoo.Create("resnet18");
        using var one = new WorkerPool(1);
        using var three = new WorkerPool(3);
        Model model = blueprint.Initialize(Seed, one);
        Model same = blueprint.Initialize(Seed, three);
        Model other = blueprint.Initialize(Seed + 1, three);
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
            .Conv2d("conv", 4, 3, bias: true).BatchNorm("bn").GroupNorm("gn", 2).Pad("pad", 1).Flatten("flatten").Linear("fc", 2);
        var blueprint = new Blueprint(x.Builder.Build(x), ModelMetadata.None);
        Assert.Equal(withParameters.ToHashSet(), blueprint.Graph.Nodes.Where(node => node.Op.Parameters.Count > 0).Select(node => node.Op.GetType()).ToHashSet());
        Assert.Equal(blueprint.Graph.Parameters.Count, blueprint.Initialize(Seed).Parameters.Count);
    }

    private static float[] Values(Model model, string name) => model.Parameters[name].Value.Read<float>().ToArray();

    private static double Correlation(float[] a, float[] b)
    {
        double product = a.Zip(b, (x, y) => (double)x * y).Sum();
        return product / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));
    }
}
