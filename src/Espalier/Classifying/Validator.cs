using Espalier.Data;
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
        var loading = new DataLoaderOptions { BatchSize = BatchSize, Workers = threads, Unreadable = Unreadable };
        using IRunnable predictor = Runtime.Prepare(model, new RunOptions { Threads = threads });
        var classifier = new DatasetClassifier(model, predictor, pipeline, loading);
        var tally = new EvaluationTally(data);
        try
        {
            classifier.Run(data, (index, logits) => tally.Add(logits.Span, index), null, new SharedWork(Processes, cancellation));
        }
        finally
        {
            foreach (SampleFailure failure in classifier.Failures)
            {
                _failures.TryAdd(failure.Index, failure);
            }
        }

        return tally.Count > 0 ? new Evaluation(tally.Loss, tally.Accuracy) : throw new EspalierException("none of the validation images has a label");
    }
}
