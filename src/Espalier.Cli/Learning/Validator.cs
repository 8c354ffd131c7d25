using Espalier.Cli.Models;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Training;

namespace Espalier.Cli.Learning;

/// <summary>Measures models on data that they do not learn from, as they will be used: folded and fused.</summary>
/// <param name="data">The images.</param>
/// <param name="pipeline">How they become inputs.</param>
/// <param name="threads">Threads that compute, and that decode.</param>
internal sealed class Validator(IDataset data, InputPipeline pipeline, int threads)
{
    private const int BatchSize = 64;

    /// <summary>The images of the last measurement that could not be read, and so were left out.</summary>
    internal IReadOnlyList<SampleFailure> Failures { get; private set; } = [];

    internal Evaluation Measure(Model model, CancellationToken cancellation)
    {
        int classes = model.Graph.ShapeOf(model.Graph.Outputs[0])[0];
        var loading = new DataLoaderOptions { BatchSize = BatchSize, Workers = threads, Unreadable = UnreadableSamples.LeaveOut };
        using var classifier = new Classifier(new Predictor(model, new PredictorOptions { Threads = threads }), pipeline, loading, [], classes);
        var tally = new EvaluationTally();
        classifier.Run(data, (index, logits) => tally.Add(logits.Span, data.LabelOf(index)), cancellation);
        Failures = classifier.Failures;
        return new Evaluation(tally.Loss, (double)tally.Top1Correct / tally.Count);
    }
}
