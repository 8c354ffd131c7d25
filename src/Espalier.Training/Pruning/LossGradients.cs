using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The gradients of a trained model's mean loss on given data, which the gradient and Taylor criteria of pruning use.</summary>
public static class LossGradients
{
    /// <summary>Computes the gradients with the network in inference mode: norms use their running statistics, and no dropout or stochastic depth is applied.</summary>
    /// <param name="model">A classifier whose first output is logits; it is not changed. The loss is that of the first output: the gradients of layers that only further outputs need are 0.</param>
    /// <param name="data">Labelled images: one epoch of them, or as many batches as <paramref name="samples"/> need.</param>
    /// <param name="samples">The number of images to use, rounded up to whole batches.</param>
    /// <param name="threads">The number of threads. The result is the same for any number.</param>
    /// <param name="runtime">What computes them.</param>
    /// <param name="cancellation">Checked before each batch.</param>
    /// <returns>The gradients of all weights and biases of convolutions and linear layers, by parameter name and of the parameter's shape; masks are not applied.</returns>
    /// <exception cref="EspalierException">The model cannot be trained on this data, its loss is not finite, or one of its batch norms has no running statistics.</exception>
    public static IReadOnlyDictionary<string, Tensor> Of(Model model, DataLoader data, int samples, int threads, IRuntime runtime, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        TrainingDataCheck.Require(model, data);
        BatchStatistics.RequireRunning(model.Graph);
        Model still = EvaluationNetwork.Of(model);
        string[] norms = [.. still.Graph.Nodes.Where(node => node.Op is BatchNorm).Select(node => node.Name)];
        using var workers = new WorkerPool(threads);
        var options = new TrainingRunOptions { Batch = data.Options.BatchSize, Frozen = ValueList.From(norms), Workers = workers };
        using ITrainingRun plan = runtime.PrepareTraining(still, options);
        int seen = Accumulate(plan, data, samples, cancellation);
        return plan.Parameters.Where(parameter => parameter.Trainable).ToDictionary(parameter => parameter.Name, parameter => Mean(parameter, seen), StringComparer.Ordinal);
    }

    private static int Accumulate(ITrainingRun plan, DataLoader data, int samples, CancellationToken cancellation)
    {
        int seen = 0;
        int classes = plan.OutputShape[0];
        plan.ZeroGradients();
        foreach (Batch batch in data.ReadEpoch(cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<float> logits = plan.Forward(batch.Images, seen);
            float[] gradient = new float[logits.Length];
            double loss = CrossEntropy.Compute(logits, TargetDistribution.Of(batch.Labels, classes), 1, gradient);
            if (!double.IsFinite(loss))
            {
                throw new EspalierException(FormattableString.Invariant($"the loss of the batch that starts with {data.Dataset.NameOf(batch.Indices[0])} is {loss}; expected a finite loss, since pruning cannot rank by its gradients otherwise"));
            }

            plan.Backward(gradient);
            seen += batch.Count;
            if (seen >= samples)
            {
                break;
            }
        }

        return seen;
    }

    private static Tensor Mean(TrainingParameter parameter, int samples)
    {
        Tensor mean = Tensor.Zeros(parameter.Shape);
        if (parameter.HasGradient)
        {
            parameter.Gradient.Span.CopyTo(mean.Write<float>());
            UpdateKernel.Scale(mean.Write<float>(), 1f / samples);
        }

        return mean;
    }
}
