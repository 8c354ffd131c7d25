using Espalier.Execution;
using Espalier.Graphs;

namespace Espalier.Conformance.Tests;

/// <summary>The suite notices a runtime that computes an op a little wrong, forward or backward.</summary>
public sealed class PerturbationTests
{
    private const double Wrong = 1e-3; // ten times what the suite lets pass

    public static TheoryData<string> Ops => [.. Case.OpNames];

    [Theory]
    [MemberData(nameof(Ops))]
    public void A_perturbed_op_fails(string op)
    {
        var perturbed = new ReferenceRuntime { Perturb = (node, values) => Perturb(node, values, op) };

        Assert.Contains(Case.Ops(op), each => Check.Inference(perturbed, each) is not null);
        Assert.Contains(Case.Ops(op), each => Check.Training(perturbed, each) is not null);
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void A_perturbed_gradient_alone_fails(string op)
    {
        foreach (Case each in Case.Ops(op))
        {
            bool backward = false;
            var perturbed = new ReferenceRuntime { Perturb = (node, values) => { if (backward) { Perturb(node, values, op); } } };
            var runtime = new BackwardWatch(perturbed, () => backward = true);
            if (Check.Training(runtime, each) is not null)
            {
                return;
            }
        }

        // Stochastic depth's gradients go straight to its inputs, past the place where they are perturbed; its forward factors are the same numbers.
        Assert.Equal(nameof(StochasticDepth), op);
    }

    private static void Perturb(Node node, double[] values, string op)
    {
        if (node.Op.GetType().Name == op)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (values[i] * (1 + Wrong)) + Wrong;
            }
        }
    }

    /// <summary>Tells when the backward pass begins.</summary>
    private sealed class BackwardWatch(IRuntime runtime, Action begins) : IRuntime
    {
        public string Name => runtime.Name;

        public IRunnable Prepare(Model model, RunOptions options = default) => runtime.Prepare(model, options);

        public ITrainingRun PrepareTraining(Model model, TrainingRunOptions options) => new Watched(runtime.PrepareTraining(model, options), begins);
    }

    private sealed class Watched(ITrainingRun run, Action begins) : ITrainingRun
    {
        public Model Model => run.Model;

        public MemoryForecast Memory => run.Memory;

        public IReadOnlyList<TrainingParameter> Parameters => run.Parameters;

        public IReadOnlyDictionary<string, Tensors.Tensor> Buffers => run.Buffers;

        public double SavedSeconds => run.SavedSeconds;

        public ReadOnlySpan<float> Forward(Tensors.Tensor images, TrainingPass pass) => run.Forward(images, pass);

        public void Backward(ReadOnlySpan<float> outputGradient)
        {
            begins();
            run.Backward(outputGradient);
        }

        public Tensors.Tensor GradientOf(string node) => run.GradientOf(node);

        public void ZeroGradients() => run.ZeroGradients();

        public void Step(Action update) => run.Step(update);

        public void Load(IEnumerable<KeyValuePair<string, Tensors.Tensor>> values) => run.Load(values);

        public void Mask(Parameters masked) => run.Mask(masked);

        public Model ToModel() => run.ToModel();

        public int SamplesComputed(string node) => run.SamplesComputed(node);

        public void ResetSavedSeconds() => run.ResetSavedSeconds();

        public void Dispose() => run.Dispose();
    }
}
