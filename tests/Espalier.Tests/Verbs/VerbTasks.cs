using Espalier.Accelerated;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Training;

namespace Espalier.Tests.Verbs;

/// <summary>What each verb of the command line does, done on the library: <see cref="VerbTests"/> counts the lines and compares what comes out.</summary>
internal static class VerbTasks
{
    internal static (string Name, long Parameters)[] Models() =>
        [.. Zoo.Entries.Select(entry => (entry.Name, entry.Create().Summarize().Parameters))];

    internal static string[] Devices() => [.. AcceleratorDevice.All.Select(device => device.Name)];

    internal static NetworkSummary Summary(string network) => new ModelSource(network).LoadNetwork().Summarize();

    internal static Task<string> Fetch(string name, Uri mirror, string folder, CancellationToken cancellation) =>
        PublishedFiles.FetchAsync(name, new FetchOptions { Folder = folder, Mirror = mirror }, cancellation: cancellation);

    internal static FileInspection Inspect(string path) => FileInspection.Of(path);

    internal static IReadOnlyList<ClassifiedImage> Classify(string model, params string[] photos)
    {
        using var classifier = ImageClassifier.Load(model);
        return classifier.ClassifyAll(photos, top: 3);
    }

    internal static PhotoExplanation Explain(string model, string photo, string path)
    {
        using var explainer = new PhotoExplainer(ModelSource.Load(model));
        ClassActivationMap map = explainer.ClassActivation(explainer.Read(photo));
        map.Save(path);
        return map;
    }

    internal static void Run(string model, string input, string output) =>
        NpyFile.Write(output, Runtimes.Cpu.Run(ModelSource.Load(model), NpyFile.Read(input)));

    internal static ClassificationReport Evaluate(string model, string data)
    {
        using var classifier = ImageClassifier.Load(model);
        return classifier.Evaluate(data);
    }

    internal static TrainingOutcome Train(string network, string data, string folder, TrainingOptions options) =>
        ImageTraining.FromScratch(network, data, new ImageTrainingOptions { Training = options, Batch = 20, Folder = folder }).Run();

    internal static TrainingOutcome Finetune(string model, string data, string folder, TrainingOptions options) =>
        ImageTraining.FineTune(ModelSource.Load(model), data, new ImageTrainingOptions { Training = options, Batch = 20, Folder = folder, NewHead = true }).Run();

    internal static Dictionary<string, double> Degradation(string data, int[] depths, TrainingOptions options)
    {
        var errors = new Dictionary<string, double>();
        foreach (string network in depths.SelectMany(depth => new[] { $"cifar_plain{depth}", $"cifar_resnet{depth}" }))
        {
            TrainingOutcome outcome = ImageTraining.FromScratch(network, data, new ImageTrainingOptions { Training = options, Batch = 20 }).Run();
            errors[network] = 1 - outcome.History[^1].ValidationAccuracy;
        }

        return errors;
    }

    internal static SavedModel Convert(string input, string output) => ModelSource.Load(input).Save(output);

    internal static FoldedModel Fold(string model, string output)
    {
        FoldedModel folded = ModelSource.Load(model).Fold();
        folded.Model.Save(output);
        return folded;
    }

    internal static ExpandedModel Expand(string model, string block, string output)
    {
        ExpandedModel expanded = ModelSource.Load(model).Expand(new ExpandOptions(block));
        expanded.Model.Save(output);
        return expanded;
    }

    internal static Model Prune(string model, double amount, string output)
    {
        Model pruned = ModelSource.Load(model).Prune(PruneOptions.Weights(amount)).Model;
        pruned.Save(output);
        return pruned;
    }

    internal static QuantizedModel Quantize(string model, string data, string output)
    {
        QuantizedModel quantized = ModelSource.Load(model).Quantize(data, new QuantizeOptions { Images = 20 });
        quantized.Model.Save(output);
        return quantized;
    }

    internal static SensitivityScan Sensitivity(string model, string data) =>
        ModelSource.Load(model).MeasureSensitivity(data, new SensitivityScanOptions { Amounts = [0.5], Samples = 10 });

    internal static IReadOnlyList<LedgerStep> History(string model) => ModelSource.Load(model).History();

    internal static void Report(string model, string data, string path)
    {
        using var classifier = ImageClassifier.Load(model);
        classifier.Model.WriteReport(path, new ModelReportOptions { Name = Path.GetFileNameWithoutExtension(model), Evaluation = classifier.Evaluate(data) });
    }

    internal static ModelComparison Compare(string first, string second) => ModelSource.Load(first).CompareWith(ModelSource.Load(second));

    internal static Latencies Bench(string network) =>
        new ModelSource(network) { Seed = 0 }.Load().MeasureLatency(new LatencyOptions { Threads = 1, WarmUpRuns = 1, Runs = 3 });

    internal static IReadOnlyList<LedgerStep> Demo(string folder, TrainingOptions options)
    {
        var how = new ImageTrainingOptions { Training = options, Batch = 64 };
        Model trained = ImageTraining.FromScratch("cifar_resnet8", "shapes", how).Run().Model;
        Model pruned = trained.Prune(PruneOptions.Weights(0.5)).Model;
        Model tuned = ImageTraining.FineTune(pruned, "shapes", how).Run().Model;
        FoldedModel folded = tuned.Fold();
        folded.Model.Save(Path.Combine(folder, "small.espalier"), new SaveOptions { Compact = true });
        return folded.Model.History();
    }
}
