using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;
using Espalier.Testing;
using Espalier.Training;

namespace Espalier.Accelerated.Tests;

/// <summary>Five training steps on the emulated device beside the same steps of the CPU runtime, and a second time for the same bits.</summary>
public sealed class TrainingStepsTests
{
    private const int Steps = 5;
    private const int Samples = 4;
    private const int Classes = 3;
    private const double Tolerance = 1e-4; // of the greatest value of a tensor
    private const double ZeroGradient = 1e-2; // what is compared with this at least: the bias before a norm only has rounding

    public static TheoryData<string> Optimizers => ["sgd", "adamw"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Parameters_and_statistics_are_those_of_the_cpu(string name)
    {
        using var runtime = new AcceleratedRuntime(AcceleratorDevice.Emulated);
        Dictionary<string, float[]> cpu = Train(CpuRuntime.Instance, name), first = Train(runtime, name), second = Train(runtime, name);

        Assert.Equal(cpu.Keys, first.Keys);
        foreach ((string parameter, float[] expected) in cpu)
        {
            float greatest = expected.Append((float)ZeroGradient).Max(Math.Abs);
            Assert.All(expected.Zip(first[parameter]), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= Tolerance * greatest, $"{parameter}: {pair.Second:R}, the CPU has {pair.First:R}"));
            Assert.Equal(first[parameter].Select(BitConverter.SingleToInt32Bits), second[parameter].Select(BitConverter.SingleToInt32Bits));
        }

        Model before = Network();
        Assert.All(before.Parameters.Where(parameter => parameter.Key.EndsWith("weight", StringComparison.Ordinal)), parameter => Assert.NotEqual(parameter.Value.Value.Read<float>().ToArray(), first[parameter.Key]));
    }

    // A residual block that stochastic depth drops for some samples, and activations without a kink, so that rounding does not choose a side.
    private static Model Network()
    {
        var net = new GraphBuilder();
        Value x = net.Input(2, 6, 5).Conv2d("conv1", 4, 3, padding: 1).BatchNorm("bn1").Silu("act1");
        Value branch = x.Conv2d("conv2", 4, 3, padding: 1).BatchNorm("bn2").Silu("act2").Conv2d("conv3", 4, 1, bias: true);
        Graph graph = net.Build(x.StochasticDepth("depth", branch, new StochasticDepth(0.7) { Mode = StochasticDepthMode.Row }).GlobalAveragePool("pool").Flatten("flat").Linear("head", Classes));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }

    private static Dictionary<string, float[]> Train(IRuntime runtime, string name)
    {
        Model model = Network();
        Shape sample = model.Graph.ShapeOf(model.Graph.Input.Name);
        OptimizerOptions options = name == "sgd" ? new SgdOptions { Momentum = 0.9, Nesterov = true, WeightDecay = 1e-3 } : new AdamWOptions { WeightDecay = 1e-2 };
        using var workers = new WorkerPool(1);
        using ITrainingRun run = runtime.PrepareTraining(model, new TrainingRunOptions { Batch = Samples, Seed = 3 });
        Optimizer optimizer = options.Create(run.Parameters);
        for (int step = 0; step < Steps; step++)
        {
            Tensor images = CounterFill.Stream($"images {step}", sample.Prepend(Samples), -1, 2);
            float[] logits = run.Forward(images, step).ToArray(), gradient = new float[logits.Length];
            for (int i = 0; i < Samples; i++)
            {
                Difference(logits.AsSpan(i * Classes, Classes), (step + i) % Classes, gradient.AsSpan(i * Classes, Classes));
            }

            run.ZeroGradients();
            run.Backward(gradient);
            run.Step(() => optimizer.Step(0.05, workers));
        }

        return run.ToModel().Parameters.Where(parameter => parameter.Value.Value.Type == ElementType.Float32).ToDictionary(parameter => parameter.Key, parameter => parameter.Value.Value.Read<float>().ToArray());
    }

    // The gradient of the mean cross-entropy: softmax less one for the class.
    private static void Difference(ReadOnlySpan<float> logits, int target, Span<float> gradient)
    {
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit);
        }

        for (int i = 0; i < logits.Length; i++)
        {
            gradient[i] = (float)(((Math.Exp(logits[i]) / sum) - (i == target ? 1 : 0)) / Samples);
        }
    }
}
