using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;
using Espalier.Testing;
using Espalier.Training;

namespace Espalier.Accelerated.Tests;

/// <summary>Five training steps on the emulated device beside the same steps of the CPU runtime.</summary>
public sealed class TrainingStepsTests
{
    private const int Steps = 5;
    private const int Middle = 2;
    private const int Samples = 4;
    private const int Classes = 3;
    private const double Tolerance = 1e-4; // of the greatest value of a tensor
    private const double ZeroGradient = 1e-2; // what is compared with this at least: the bias before a norm only has rounding

    /// <summary>Optimizers, and what happens between their steps.</summary>
    public static TheoryData<string, Interruption> Cases => [.. from name in new[] { "sgd", "adamw" } from interruption in Enum.GetValues<Interruption>() select (name, interruption)];

    /// <summary>What happens in the middle of the training.</summary>
    public enum Interruption
    {
        None,

        /// <summary>Gradients are halved on the processor, which then updates the parameters.</summary>
        ChangedGradients,

        /// <summary>Another run and another optimizer continue from model and state.</summary>
        Resumption,
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Parameters_statistics_and_states_are_those_of_the_cpu(string name, Interruption interruption)
    {
        FullRun.RequireOneOf(3, $"{name} {interruption}");
        using var runtime = new AcceleratedRuntime(AcceleratorDevice.Emulated);
        Dictionary<string, float[]> cpu = Train(CpuRuntime.Instance, name, interruption), first = Train(runtime, name, interruption);

        Assert.Equal(cpu.Keys, first.Keys);
        foreach ((string number, float[] expected) in cpu)
        {
            float greatest = expected.Append((float)ZeroGradient).Max(Math.Abs);
            Assert.All(expected.Zip(first[number]), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= Tolerance * greatest, $"{number}: {pair.Second:R}, the CPU has {pair.First:R}"));
        }

        Model before = Network();
        Assert.All(before.Parameters.Where(parameter => parameter.Key.EndsWith("weight", StringComparison.Ordinal)), parameter => Assert.NotEqual(parameter.Value.Value.Read<float>().ToArray(), first[parameter.Key]));
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adamw")]
    public void Steps_repeat_bit_for_bit_and_a_resumed_run_has_the_same_bits(string name)
    {
        FullRun.RequireOneOf(6, name);
        using var runtime = new AcceleratedRuntime(AcceleratorDevice.Emulated);
        Dictionary<string, float[]> whole = Train(runtime, name, Interruption.None);
        foreach (Interruption interruption in (Interruption[])[Interruption.None, Interruption.Resumption])
        {
            Dictionary<string, float[]> again = Train(runtime, name, interruption);
            Assert.All(whole, number => Assert.Equal(number.Value.Select(BitConverter.SingleToInt32Bits), again[number.Key].Select(BitConverter.SingleToInt32Bits)));
        }
    }

    [Fact]
    public void A_state_whose_run_was_disposed_of_is_an_error()
    {
        using var runtime = new AcceleratedRuntime(AcceleratorDevice.Emulated);
        using var workers = new WorkerPool(1);
        ITrainingRun run = Prepare(runtime, Network());
        Optimizer optimizer = Create("sgd", run);
        BackwardOf(run, 0);
        run.Step(() => optimizer.Step(0.05, workers));
        run.Dispose();
        Assert.Contains("memory of a device", Assert.Throws<InvalidOperationException>(optimizer.State).Message, StringComparison.Ordinal);
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

    private static Dictionary<string, float[]> Train(IRuntime runtime, string name, Interruption interruption)
    {
        using var workers = new WorkerPool(1);
        ITrainingRun run = Prepare(runtime, Network());
        Optimizer optimizer = Create(name, run);
        for (int step = 0; step < Steps; step++)
        {
            if (interruption == Interruption.Resumption && step == Middle)
            {
                (ITrainingRun former, StateDict state) = (run, optimizer.State());
                run = Prepare(runtime, former.ToModel());
                optimizer = Create(name, run);
                optimizer.Restore(state);
                former.Dispose();
            }

            BackwardOf(run, step);
            if (interruption == Interruption.ChangedGradients && step == Middle)
            {
                foreach (TrainingParameter parameter in run.Parameters)
                {
                    foreach (ref float value in parameter.Gradient.Span)
                    {
                        value /= 2;
                    }
                }
            }

            run.Step(() => optimizer.Step(0.05, workers));
            bool isOnDevice = runtime is AcceleratedRuntime && !(interruption == Interruption.ChangedGradients && step == Middle);
            Assert.All(run.Parameters, parameter => Assert.Equal(isOnDevice, parameter.Device is DeviceTrainingParameter { HasNewestGradient: true }));
        }

        using (run)
        {
            return run.ToModel().Parameters.Where(parameter => parameter.Value.Value.Type == ElementType.Float32).Select(parameter => (parameter.Key, parameter.Value.Value))
                .Concat(optimizer.State().Where(entry => entry.Value.Type == ElementType.Float32).Select(entry => (entry.Key, entry.Value)))
                .ToDictionary(entry => entry.Key, entry => entry.Value.Read<float>().ToArray());
        }
    }

    private static ITrainingRun Prepare(IRuntime runtime, Model model) => runtime.PrepareTraining(model, new TrainingRunOptions { Batch = Samples, Seed = 3 });

    private static Optimizer Create(string name, ITrainingRun run) =>
        (name == "sgd" ? (OptimizerOptions)new SgdOptions { Momentum = 0.9, Dampening = 0.1, WeightDecay = 1e-3 } : new AdamWOptions { WeightDecay = 1e-2 }).Create(run.Parameters);

    private static void BackwardOf(ITrainingRun run, int step)
    {
        Tensor images = CounterFill.Stream($"images {step}", run.Model.Graph.ShapeOf(run.Model.Graph.Input.Name).Prepend(Samples), -1, 2);
        float[] logits = run.Forward(images, step).ToArray(), gradient = new float[logits.Length];
        for (int i = 0; i < Samples; i++)
        {
            Difference(logits.AsSpan(i * Classes, Classes), (step + i) % Classes, gradient.AsSpan(i * Classes, Classes));
        }

        run.ZeroGradients();
        run.Backward(gradient);
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
