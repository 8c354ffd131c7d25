using Espalier.Bench.Layers;
using Espalier.Kernels;
using Espalier.Models;

namespace Espalier.Bench.Tests;

public sealed class NetworkRunTests
{
    [Fact]
    public void Every_step_of_a_network_is_timed_and_named_by_what_it_is()
    {
        using var run = new NetworkRun(Zoo.Create("cifar_resnet20").Initialize(0), InstructionSet.Best, "winograd4,direct");
        Assert.All(run.Cold(), seconds => Assert.True(seconds > 0));
        Assert.All(run.Steps, step => Assert.True(run.Hot(step) > 0));
        string[] kinds = [.. run.Steps.Select(step => step.Kind).Distinct()];
        Assert.Contains("3x3, to 32 x 32, winograd4", kinds);
        Assert.Contains("3x3, stride 2, to 16 x 16, direct", kinds);
        Assert.Contains("linear, 64 to 10", kinds);
    }

    [Fact]
    public void Products_are_those_that_cannot_be_avoided()
    {
        using var direct = new NetworkRun(Zoo.Create("cifar_resnet20").Initialize(0), InstructionSet.Best, "direct");
        Assert.All(direct.Steps, step => Assert.Equal(step.Step.MultiplyAccumulates, step.Products));
        using var winograd = new NetworkRun(Zoo.Create("cifar_resnet20").Initialize(0), InstructionSet.Best, "winograd4");
        NetworkStep[] transformed = [.. winograd.Steps.Where(step => step.Kernel == "winograd4")];
        Assert.NotEmpty(transformed);
        Assert.All(transformed, step => Assert.Equal(step.Step.MultiplyAccumulates * 36.0 / (16 * 9), step.Products)); // 36 products for 16 pixels of 9 positions
    }

    [Fact]
    public void Zeros_are_where_the_pattern_says()
    {
        foreach (string pattern in ZeroPattern.All)
        {
            var model = ZeroPattern.Network("cifar_resnet20", 0.5, pattern);
            ReadOnlySpan<float> weights = model.Parameters["layer3.0.conv2.weight"].Value.Read<float>();
            Assert.InRange(weights.Count(0f) / (double)weights.Length, 0.45, 0.55);
            Assert.Equal(0, model.Parameters["conv1.weight"].Value.Read<float>().Count(0f));
        }
    }
}
