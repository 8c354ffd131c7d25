using Espalier.Data;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>Evaluates models on a validation set as at inference: folded and fused.</summary>
/// <param name="data">The images.</param>
/// <param name="pipeline">The preprocessing of the images.</param>
/// <param name="threads">The number of threads for computation and for decoding.</param>
internal sealed class Validator(MatchedDataset data, InputPipeline pipeline, int threads)
{
    private const int BatchSize = 64;
    private const int Missing = -1; // an image without a label, or that could not be read

    private readonly SortedDictionary<int, SampleFailure> _failures = [];

    /// <summary>How images that cannot be read are handled.</summary>
    internal UnreadableSamples Unreadable { get; init; } = UnreadableSamples.Skip;

    /// <summary>The runtime of the models.</summary>
    internal IRuntime Runtime { get; init; } = Runtimes.Cpu;

    /// <summary>The processes that share the images, or <see langword="null"/> for this one alone.</summary>
    internal IProcessGroup? Processes { get; init; }

    /// <summary>The images that could not be read so far, in the order of the data.</summary>
    internal IReadOnlyList<SampleFailure> Failures => [.. _failures.Values];

    internal Evaluation Measure(Model model, CancellationToken cancellation)
    {
        data.Require(model);
        int first = StartOf(Processes?.Rank ?? 0), end = StartOf((Processes?.Rank ?? 0) + 1);
        double[] losses = new double[LongestShare];
        int[] ranks = new int[losses.Length];
        Array.Fill(ranks, Missing);
        if (end > first)
        {
            Measure(model, first, end, losses, ranks, cancellation);
        }

        var tally = new EvaluationTally(data);
        foreach ((double loss, int rank) in Processes.Gather(losses).Zip(Processes.Gather(ranks)))
        {
            if (rank != Missing)
            {
                tally.Add(loss, rank); // in the order of the images, however many processes there are
            }
        }

        return tally.Count > 0 ? new Evaluation(tally.Loss, tally.Accuracy) : throw new EspalierException("none of the validation images could be read");
    }

    private int LongestShare => (data.Count + (Processes?.Count ?? 1) - 1) / (Processes?.Count ?? 1);

    private int StartOf(int process) => Math.Min(data.Count, process * LongestShare);

    private void Measure(Model model, int first, int end, double[] losses, int[] ranks, CancellationToken cancellation)
    {
        var loading = new DataLoaderOptions { BatchSize = BatchSize, Workers = threads, Unreadable = Unreadable };
        using IRunnable predictor = Runtime.Prepare(model, new RunOptions { Threads = threads });
        var classifier = new DatasetClassifier(model, predictor, pipeline, loading);
        var tally = new EvaluationTally(data);
        IDataset own = end - first == data.Count ? data : new Subset(data, Enumerable.Range(first, end - first));
        try
        {
            classifier.Run(own, (index, logits) => (losses[index], ranks[index]) = tally.Measure(logits.Span, first + index) ?? (0, Missing), null, cancellation);
        }
        catch (EspalierException) when (Processes is not null && Unreadable != UnreadableSamples.Stop && classifier.Failures.Count == own.Count)
        {
            // none of this share could be read; whether of the others is known once all are gathered
        }
        finally
        {
            foreach (SampleFailure failure in classifier.Failures)
            {
                _failures.TryAdd(first + failure.Index, failure);
            }
        }
    }
}
