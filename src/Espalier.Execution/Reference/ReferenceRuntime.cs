using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Runs and trains models node by node with naive kernels in double precision: slow, simple, and the reference that other runtimes are tested against.</summary>
/// <remarks>A network with <see cref="Quantize"/> nodes is run in integers between them; it is trained in double precision, which rounds to 8 bits at each of them.</remarks>
public sealed class ReferenceRuntime : IRuntime
{
    /// <summary>The shared instance; the runtime has no state.</summary>
    public static ReferenceRuntime Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "reference";

    /// <summary>A callback that modifies the result of each node and the gradients of its inputs. Tests use it to check that an error in an op is detected.</summary>
    internal Action<Node, double[]>? Perturb { get; init; }

    /// <inheritdoc/>
    public IRunnable Prepare(Model model, RunOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        BatchStatistics.RequireRunning(model.Graph);
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
            return model.Graph.Nodes.Any(node => node.Op is Quantize) ? IntegerReference.RunOutputs(model, input, perturb) : ReferenceExecutor.RunOutputs(model, input, perturb);
        }

        public void Dispose()
        {
            // There is nothing to release.
        }
    }
}
