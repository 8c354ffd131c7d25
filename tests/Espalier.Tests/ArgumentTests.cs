using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Tests;

/// <summary>Arguments that nothing can be done with are refused before anything is done, by name, with what is allowed.</summary>
public sealed class ArgumentTests
{
    private const string Threads = "expected 1 to 1024, or 0 for one for each processor";

    private static readonly Model s_model = TinyData.Model();

    private static readonly Dictionary<string, Action> s_outOfRange = new(StringComparer.Ordinal)
    {
        [$"ImageClassifierOptions.Threads is -1; {Threads}"] = () => new ImageClassifier(s_model, new ImageClassifierOptions { Threads = -1 }),
        [$"ImageClassifierOptions.Threads is 1025; {Threads}"] = () => new ImageClassifier(s_model, new ImageClassifierOptions { Threads = 1025 }),
        [$"ImageClassifierOptions.Threads is {int.MaxValue}; {Threads}"] = () => ImageClassifier.Load("nowhere.espalier", new ImageClassifierOptions { Threads = int.MaxValue }),
        ["ImageClassifierOptions.Batch is 0; expected at least 1"] = () => new ImageClassifier(s_model, new ImageClassifierOptions { Batch = 0 }),
        ["EvaluationOptions.Limit is 0; expected at least 1"] = () => Classifier().Evaluate("nowhere", new EvaluationOptions { Limit = 0 }),
        ["EvaluationOptions.Limit is -1; expected at least 1"] = () => Classifier().Evaluate(new GeneratedShapes(3), new EvaluationOptions { Limit = -1 }),
        ["ComparisonOptions.Limit is -1; expected at least 1"] = () => s_model.CompareWith(s_model, "nowhere", new ComparisonOptions { Limit = -1 }),
        ["LatencyOptions.Runs is 0; expected at least 1"] = () => s_model.MeasureLatency(new LatencyOptions { Runs = 0 }),
        ["LatencyOptions.Runs is -3; expected at least 1"] = () => s_model.MeasureLatency(new LatencyOptions { Runs = -3 }),
        ["LatencyOptions.WarmUpRuns is -1; expected at least 0"] = () => s_model.MeasureLatency(new LatencyOptions { WarmUpRuns = -1 }),
        ["LatencyOptions.Batch is 0; expected at least 1"] = () => s_model.MeasureLatency(new LatencyOptions { Batch = 0 }),
        [$"LatencyOptions.Threads is 10000; {Threads}"] = () => s_model.MeasureLatency(new LatencyOptions { Threads = 10000, Runtime = Runtimes.Reference }),
        ["SensitivityScanOptions.Samples is 0; expected at least 1"] = () => s_model.MeasureSensitivity(options: new SensitivityScanOptions { Samples = 0 }),
        [$"SensitivityScanOptions.Threads is -2; {Threads}"] = () => s_model.MeasureSensitivity(options: new SensitivityScanOptions { Threads = -2 }),
        ["PruneOptions.Steps is 0; expected at least 1"] = () => s_model.Prune(PruneOptions.Weights(0.5) with { Steps = 0 }),
        ["PruneOptions.Steps is -1; expected at least 1"] = () => s_model.Prune(PruneOptions.Weights(0.5) with { Steps = -1 }),
        ["PruneOptions.Samples is 0; expected at least 1"] = () => s_model.Prune(PruneOptions.Weights(0.5) with { Samples = 0 }),
        [$"PruneOptions.Threads is 2000; {Threads}"] = () => s_model.Prune(PruneOptions.Weights(0.5) with { Threads = 2000 }),
        ["PruneOptions.ValidationShare is 1; expected a share above 0 and below 1"] = () => s_model.Prune(PruneOptions.Weights(0.5) with { ValidationShare = 1 }),
        ["PruneOptions.ValidationShare is NaN; expected a share above 0 and below 1"] = () => s_model.Prune(PruneOptions.Weights(0.5) with { ValidationShare = double.NaN }),
        ["ImageTrainingOptions.ValidationShare is 0; expected a share above 0 and below 1"] = () => ImageTraining.FromScratch(TinyData.Network, "shapes", new ImageTrainingOptions { ValidationShare = 0 }),
        ["ImageTrainingOptions.ValidationShare is 2; expected a share above 0 and below 1"] = () => ImageTraining.FineTune(s_model, "shapes", new ImageTrainingOptions { ValidationShare = 2 }),
        ["ImageTrainingOptions.ValidationShare is -1; expected"] = () => s_model.Prune(PruneOptions.Weights(0.5) with { Recovery = new ImageTrainingOptions { ValidationShare = -1 } }),
        ["ImageTrainingOptions.Batch is 0; expected at least 1"] = () => ImageTraining.FromScratch(TinyData.Network, "shapes", new ImageTrainingOptions { Batch = 0 }),
        ["ImageTrainingOptions.Side is 0; expected at least 1"] = () => ImageTraining.FromScratch(TinyData.Network, "shapes", new ImageTrainingOptions { Side = 0 }),
        [$"Threads is -1; {Threads}"] = () => ImageTraining.FromScratch(TinyData.Network, "shapes", new ImageTrainingOptions { Training = new TrainingOptions { Threads = -1 } }),
        ["ModelSource.Classes is 0; expected at least 1"] = () => new ModelSource(TinyData.Network) { Classes = 0, Seed = 1 }.Load(),
        ["Expected a part from 0 to 1"] = () => new Latencies([1, 2]).Percentile(50),
        ["part"] = () => new Latencies([1, 2]).Percentile(double.NaN),
        ["top"] = () => Classifier().Classify(TinyData.Picture(1), top: -1),
        ["threads"] = () => new WorkerPool(1025),
        [$"threads is -1; {Threads}"] = () => TuningCache.Get(TinyData.Network, s_model, threads: -1),
        ["batch"] = () => TuningCache.Get(TinyData.Network, s_model, batch: 0),
    };

    private static readonly Dictionary<string, Action> s_missing = new(StringComparer.Ordinal)
    {
        ["images"] = () => Classifier().ClassifyAll((IReadOnlyList<Image>)null!),
        ["paths"] = () => Classifier().ClassifyAll((IEnumerable<string>)null!),
        ["file"] = () => Classifier().Classify((byte[])null!),
        ["path"] = () => Classifier().Evaluate((string)null!),
        ["PruneOptions.Request is null"] = () => s_model.Prune(new PruneOptions((PruningRequest)null!)),
        ["Objective is null"] = () => Train(new TrainingOptions { Objective = null! }),
        ["Optimizer is null"] = () => Train(new TrainingOptions { Optimizer = null! }),
        ["Schedule is null"] = () => Train(new TrainingOptions { Schedule = null! }),
        ["one of Extensions is null"] = () => Train(new TrainingOptions { Extensions = [null!] }),
        ["ImageTrainingOptions.Augmentation is null"] = () => ImageTraining.FromScratch(TinyData.Network, "shapes", new ImageTrainingOptions { Augmentation = null! }),
        ["SensitivityScanOptions.Weights is null"] = () => s_model.MeasureSensitivity(options: new SensitivityScanOptions { Weights = null! }),
        ["ExpandOptions.Block is null"] = () => s_model.Expand(new ExpandOptions(null!)),
        ["ModelSource.Name is null"] = () => ModelSource.Load(null!),
        ["ModelSource.Renames is null"] = () => new ModelSource(TinyData.Network) { Renames = null! }.Load(),
        ["SaveOptions.Renames is null"] = () => s_model.Save("x.pth", new SaveOptions { Renames = null! }),
        ["models"] = () => new Model[] { s_model, null! }.MeasureInTurns(),
        ["name"] = () => Runtimes.Find(null!),
    };

    private static readonly Dictionary<string, Action> s_empty = new(StringComparer.Ordinal)
    {
        ["path"] = () => Classifier().Evaluate(""),
        ["data"] = () => s_model.CompareWith(s_model, ""),
        ["The path at 1 is empty"] = () => Classifier().ClassifyAll(["a.png", ""]),
        ["The path at 0 is null"] = () => Classifier().ClassifyAll([(string)null!]),
        ["The image at 1 is null"] = () => Classifier().ClassifyAll([TinyData.Picture(1), null!]),
        ["ModelSource.Name is empty"] = () => ModelSource.Load(""),
        ["ModelSource.Weights is empty"] = () => ModelSource.Load(TinyData.Network, ""),
        ["ModelSource.LabelsFile is empty"] = () => new ModelSource(TinyData.Network) { Seed = 1, LabelsFile = "" }.Load(),
        ["PruneOptions.Data is empty"] = () => s_model.Prune(PruneOptions.Weights(0.5) with { Data = "" }),
        ["ImageTrainingOptions.Folder is empty"] = () => ImageTraining.FineTune(s_model, "shapes", new ImageTrainingOptions { Folder = "" }),
        ["(Parameter 'network')"] = () => ImageTraining.FromScratch("", "shapes"),
        ["(Parameter 'data')"] = () => ImageTraining.FineTune(s_model, ""),
        ["FetchOptions.Folder is empty"] = () => FileCache.Folder(""),
        ["13835058042397261827"] = () => Classifier().Classify(new byte[3], int.MaxValue, int.MaxValue),
    };

    public static TheoryData<string> OutOfRange => [.. s_outOfRange.Keys];

    public static TheoryData<string> Missing => [.. s_missing.Keys];

    public static TheoryData<string> Empty => [.. s_empty.Keys];

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void A_number_out_of_range_is_refused_with_what_is_allowed(string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentOutOfRangeException>(s_outOfRange[expected]).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Missing))]
    public void What_is_missing_is_named(string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentNullException>(s_missing[expected]).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Empty))]
    public void What_says_nothing_is_refused(string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(s_empty[expected]).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Nothing_is_fetched_by_no_name() =>
        await Assert.ThrowsAsync<ArgumentNullException>("name", () => PublishedFiles.FetchAsync(null!, cancellation: TestContext.Current.CancellationToken));

    [Fact]
    public void No_images_have_no_answers()
    {
        using ImageClassifier classifier = Classifier();
        Assert.Empty(classifier.ClassifyAll(Array.Empty<string>(), cancellation: TestContext.Current.CancellationToken));
        Assert.Empty(classifier.ClassifyAll(Array.Empty<Image>(), cancellation: TestContext.Current.CancellationToken));
        Assert.Empty(classifier.ClassifyAll(new Subset(new GeneratedShapes(3), []), cancellation: TestContext.Current.CancellationToken));
    }

    private static ImageClassifier Classifier() => new(s_model, new ImageClassifierOptions { Threads = 1 });

    private static ImageTraining Train(TrainingOptions options) => ImageTraining.FromScratch(TinyData.Network, "shapes", new ImageTrainingOptions { Training = options });
}
