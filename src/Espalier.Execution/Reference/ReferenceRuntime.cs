using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Runs and trains models node by node with the naive kernels in double: slow, simple, and the oracle of every other runtime.</summary>
public sealed class ReferenceRuntime : IRuntime
{
    /// <summary>There is no state to have several of.</summary>
    public static ReferenceRuntime Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "reference";

    /// <summary>What is done to each node's result, and to the gradient by each of its inputs: tests perturb ops to see that it is noticed.</summary>
    internal Action<Node, double[]>? Perturb { get; init; }

    /// <inheritdoc/>
    public IRunnable Prepare(Model model, RunOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ReferenceRunnable(model, Perturb);
    }

    /// <inheritdoc/>
    public ITrainingRun PrepareTraining(Model model, TrainingRunOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Batch, 1);
        return new ReferenceTrainingRun(model, options, Perturb);
    }

    private sealed class ReferenceRunnable(Model model, Action<Node, double[]>? perturb) : IRunnable
    {
        public Graph Graph => model.Graph;

        public IReadOnlyList<Tensor> RunAll(Tensor input)
        {
            SampleBatch.Require(input);
            return ReferenceExecutor.RunOutputs(model, input, perturb);
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
