using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The gradients of a trained network's mean loss on some data: what gradient and Taylor scores of pruning rank by.</summary>
public static class LossGradients
{
    /// <summary>Computes them for the network as it is used: norms with their running statistics, nothing dropped.</summary>
    /// <param name="model">A classifier that ends with logits; it is not changed.</param>
    /// <param name="data">Labelled images; one epoch of them, or as many batches as <paramref name="samples"/> need.</param>
    /// <param name="samples">How many images to look at, rounded up to whole batches.</param>
    /// <param name="threads">Threads that compute. The result is the same for any number.</param>
    /// <param name="runtime">What computes them.</param>
    /// <param name="cancellation">Looked at before each batch.</param>
    /// <returns>A gradient for every weight and bias of convolutions and linear layers, by name and of the parameter's shape; masks are not applied.</returns>
    /// <exception cref="EspalierException">The model cannot be trained on such data, or its loss on them is not finite.</exception>
    public static IReadOnlyDictionary<string, Tensor> Of(Model model, DataLoader data, int samples, int threads, IRuntime runtime, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        TrainingDataCheck.Require(model, data);
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
                throw new EspalierException(FormattableString.Invariant($"the loss of images from {data.Dataset.NameOf(batch.Indices[0])} on is {loss}: the network overflows on them, and gradients of that rank nothing"));
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
