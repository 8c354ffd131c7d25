using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Computes running statistics from data for batch norms that have none (PyTorch's <c>track_running_stats=False</c>), so that the network can be run.</summary>
public static class RunningStatistics
{
    /// <summary>Returns the model in which every batch norm has running statistics, and a lineage entry <c>running statistics</c>.</summary>
    /// <remarks>
    /// Each batch is run as training runs it, but without dropout and stochastic depth, and norms that have running statistics use those. The mean and the unbiased variance of each norm's input are averaged over
    /// the batches, as PyTorch does with <c>momentum=None</c>.
    /// </remarks>
    /// <param name="model">The model.</param>
    /// <param name="batches">Typical samples, each tensor a batch: float32, [batch, …sample].</param>
    /// <param name="runtime">The runtime that computes them.</param>
    /// <exception cref="EspalierException">There are no batches, or a norm has a single value per channel; see the message.</exception>
    public static Model Compute(Model model, IReadOnlyList<Tensor> batches, IRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(runtime);
        string[] norms = [.. model.Graph.Nodes.Where(node => node.Op is BatchNorm { RunningStatistics: false }).Select(node => node.Name)];
        if (norms.Length == 0)
        {
            return model;
        }

        if (batches.Count == 0)
        {
            throw new EspalierException("expected at least one batch of samples to compute running statistics from, found none");
        }

        Model tracked = Tracked(model, norms, null);
        Dictionary<string, double[]> sums = Sums(Tracked(model, norms, 1), norms, batches, runtime);
        Model computed = tracked.With(tracked.Parameters.With(sums.Select(sum => KeyValuePair.Create(
            sum.Key, tracked.Parameters[sum.Key] with { Value = Tensor.From<double>([sum.Value.Length], [.. sum.Value.Select(total => total / batches.Count)]).To(ElementType.Float32) }))));
        long samples = batches.Sum(batch => (long)batch.Shape[0]);
        return computed.Record(new LineageEntry(
            "running statistics", [new("samples", samples.ToString(CultureInfo.InvariantCulture)), new("norms", norms.Length.ToString(CultureInfo.InvariantCulture))], []));
    }

    /// <summary>The sums over the batches of the statistics of each norm, by buffer name.</summary>
    private static Dictionary<string, double[]> Sums(Model tracked, string[] norms, IReadOnlyList<Tensor> batches, IRuntime runtime)
    {
        Model still = EvaluationNetwork.Of(tracked);
        string[] others = [.. still.Graph.Nodes.Where(node => node.Op is BatchNorm && !norms.Contains(node.Name)).Select(node => node.Name)];
        using ITrainingRun run = runtime.PrepareTraining(still, new TrainingRunOptions { Batch = batches.Max(batch => batch.Shape[0]), Frozen = ValueList.From(others), FurtherOutputs = [.. still.Graph.Outputs.Skip(1)] });
        var sums = new Dictionary<string, double[]>(StringComparer.Ordinal);
        for (int i = 0; i < batches.Count; i++)
        {
            run.Forward(batches[i], i);
            foreach (string name in norms.SelectMany(norm => ((string[])["running_mean", "running_var"]).Select(role => still.Graph[norm].Parameter(role))))
            {
                ReadOnlySpan<float> batch = run.Buffers[name].Read<float>();
                double[] sum = sums.TryGetValue(name, out double[]? known) ? known : sums[name] = new double[batch.Length];
                for (int c = 0; c < sum.Length; c++)
                {
                    sum[c] += batch[c];
                }
            }
        }

        return sums;
    }

    /// <summary>The model whose norms have running statistics of mean 0 and variance 1, and a momentum, if one is given: with 1 they become those of the last batch.</summary>
    private static Model Tracked(Model model, string[] norms, double? momentum) => model.Apply(norms.Select(name =>
    {
        Node node = model.Graph[name];
        BatchNorm op = (BatchNorm)node.Op with { RunningStatistics = true };
        op = momentum is double weight ? op with { Momentum = weight } : op;
        ValueList<string> named = Node.ParametersNamedAfter(name, op);
        node = node with { Op = op, Parameters = [.. node.Parameters, .. named.Skip(node.Parameters.Count)] };
        return new Patch($"{name} has running statistics").Put(node)
            .Set(node.Parameter("running_mean"), new Parameter(Tensor.Zeros([op.Channels])) { Trainable = false })
            .Set(node.Parameter("running_var"), new Parameter(Ones(op.Channels)) { Trainable = false })
            .Set(node.Parameter("num_batches_tracked"), new Parameter(Tensor.Zeros([], ElementType.Int64)) { Trainable = false });
    }));

    private static Tensor Ones(int count)
    {
        Tensor ones = Tensor.Zeros([count]);
        ones.Write<float>().Fill(1);
        return ones;
    }
}
