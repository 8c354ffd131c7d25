using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

public class VariantRunnerTests
{
    private const int Threads = 2;

    [Fact]
    public void Variants_of_a_residual_network_answer_as_a_predictor_does_in_any_order()
    {
        Model model = Zoo.Create("cifar_resnet20").Initialize(1);
        Tensor[] inputs = [CounterFill.Input([3, 3, 32, 32]), CounterFill.Input([1, 3, 32, 32])];
        using var runner = new VariantRunner(model, inputs, threads: Threads);
        Assert.InRange(runner.Segments, 5, 32);

        foreach (string name in (string[])["conv1.weight", "layer1.2.conv2.weight", "linear.weight", "layer2.0.bn1.weight", "layer3.1.conv1.weight", "linear.bias", "layer1.0.conv1.weight"])
        {
            AssertSame(Halved(model, name), inputs, runner, name);
        }

        AssertSame(model, inputs, runner, "the model itself");
        AssertSame(Halved(Halved(model, "layer3.0.conv1.weight"), "layer1.0.conv1.weight"), inputs, runner, "two places");
    }

    [Fact]
    public void Random_networks_and_variants_agree_too()
    {
        for (ulong seed = 1; seed <= 25; seed++)
        {
            Model model = RandomGraphs.CreateModel(seed);
            Tensor[] inputs = [CounterFill.Input(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(2))];
            using var runner = new VariantRunner(model, inputs, threads: Threads);
            string[] names = [.. model.Parameters.Keys.Where(name => name.EndsWith(".weight", StringComparison.Ordinal))];
            foreach (string name in names.Where((_, i) => i % 3 == 0))
            {
                AssertSame(Halved(model, name), inputs, runner, $"seed {seed}, {name}");
            }
        }
    }

    [Fact]
    public void Another_network_is_no_variant()
    {
        Model model = Zoo.Create("cifar_resnet20").Initialize(1);
        using var runner = new VariantRunner(model, [], threads: Threads);
        Assert.Throws<ArgumentException>(() => runner.Run(Zoo.Create("cifar_resnet32").Initialize(1)));
    }

    private static void AssertSame(Model variant, Tensor[] inputs, VariantRunner runner, string what)
    {
        using var predictor = new Predictor(variant, new PredictorOptions { Threads = Threads });
        IReadOnlyList<Tensor> actual = runner.Run(variant);
        for (int i = 0; i < inputs.Length; i++)
        {
            double difference = Difference.Relative(predictor.Run(inputs[i]), actual[i]);
            Assert.True(difference <= 1e-4, $"{what}: off by {difference:E2}");
        }
    }

    private static Model Halved(Model model, string name)
    {
        Tensor halved = model.Parameters[name].Value.To(ElementType.Float32).Copy();
        foreach (ref float number in halved.Write<float>())
        {
            number /= 2;
        }

        return model.With(model.Parameters.With(name, model.Parameters[name] with { Value = halved }));
    }
}
