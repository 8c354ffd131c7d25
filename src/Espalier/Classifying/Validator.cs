using Espalier.Data;
using Espalier.Graphs;
using Espalier.Training;

namespace Espalier;

/// <summary>Measures models on data that they do not learn from, as they will be used: folded and fused.</summary>
/// <param name="data">The images.</param>
/// <param name="pipeline">How they become inputs.</param>
/// <param name="threads">Threads that compute, and that decode.</param>
internal sealed class Validator(MatchedDataset data, InputPipeline pipeline, int threads)
{
    private const int BatchSize = 64;

    private readonly SortedDictionary<int, SampleFailure> _failures = [];

    /// <summary>What is done about images that cannot be read.</summary>
    internal UnreadableSamples Unreadable { get; init; } = UnreadableSamples.Skip;

    /// <summary>What runs the models.</summary>
    internal IRuntime Runtime { get; init; } = Runtimes.Cpu;

    /// <summary>The images that could not be read so far, in the data's order.</summary>
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
            classifier.Run(data, (index, logits) => tally.Add(logits.Span, index), null, cancellation);
        }
        finally
        {
            foreach (SampleFailure failure in classifier.Failures)
            {
                _failures.TryAdd(failure.Index, failure);
            }
        }

        return new Evaluation(tally.Loss, tally.Accuracy);
    }
}
