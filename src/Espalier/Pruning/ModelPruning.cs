using System.Globalization;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>Prunes models, optionally in steps with fine-tuning after each.</summary>
public static class ModelPruning
{
    /// <summary>Prunes weights, channels or residual blocks, once or in several steps, optionally with fine-tuning after each step.</summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="options">The pruning request, data, steps and recovery.</param>
    /// <param name="progress">Receives a report after every training step of fine-tuning.</param>
    /// <param name="cancellation">Cancels the operation. Fine-tuning with a folder writes a checkpoint first.</param>
    /// <exception cref="ArgumentException">An option is out of range or <see langword="null"/>; the message names it.</exception>
    /// <exception cref="EspalierException">The request cannot be fulfilled, or needs images and <see cref="PruneOptions.Data"/> is not set; the data's classes do not match the model's; or the folder contains another pruning.</exception>
    public static PrunedModel Prune(this Model model, PruneOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        options.Require();
        IRuntime runtime = options.Runtime ?? Runtimes.Cpu;
        Model original = ModelHistory.Begin(model, null, options.Measures ? runtime : null, cancellation);
        PruningData? data = Open(ref original, options, cancellation);
        Func<int, string>? folders = Folders(original, options, data);
        var run = new PruneRun(original, options.Request, data, runtime, cancellation)
        {
            Count = options.Steps,
            Folder = folders,
            Recover = options.Recovery is { } recovery
                ? (pruned, folder) => new ImageTraining(pruned, data!.Matched, options.AsRun(recovery, folder, runtime)) { Source = data.Name }.Run(progress, cancellation: cancellation).Model
                : null,
            Resumes = options.Recovery?.Resume ?? false,
        };
        Model after = run.Run();
        bool measures = run.RemovedAnything && (options.Measures || options.Request.Target?.LimitOf(PruningMeasure.Milliseconds, 1) is not null);
        PruneSpeed? speed = run.Missed ?? (measures ? run.Measure(ref after) : null);
        return new PrunedModel(after, [.. run.Steps.Select(each => new PrunedFigures(each.Title, each.Figures))]) { Last = run.Last, Speed = speed, Notes = data?.Notes ?? [] };
    }

    private static PruningData? Open(ref Model model, PruneOptions options, CancellationToken cancellation)
    {
        bool learns = options.Recovery is not null || options.Request.Needs.HasFlag(PruningNeeds.Gradients);
        if (options.Data is not string path)
        {
            return learns || options.Request.Needs.HasFlag(PruningNeeds.Samples)
                ? throw new EspalierException("this pruning needs images to rank by or to fine-tune with: set Data")
                : null;
        }

        DataSourceOptions source = options.ToSource(FeatureMap.Of(model.Graph.ShapeOf(model.Graph.Input.Name)).Height);
        MatchedTrainingData data = learns
            ? ClassMatching.Match(ref model, DataSource.Open(path, source), options.Classes)
            : MatchedTrainingData.MeasuredOn(ClassMatching.OpenForEvaluation(ref model, [path], options.Classes, source));
        return new PruningData(data, cancellation)
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path)),
            Samples = options.Samples,
            Batch = options.Recovery?.Batch ?? 64,
            Threads = ThreadCount.Of(options.Threads, $"{nameof(PruneOptions)}.{nameof(options.Threads)}"),
            Runtime = options.Runtime ?? Runtimes.Cpu,
        };
    }

    private static Func<int, string>? Folders(Model model, PruneOptions options, PruningData? data)
    {
        if (options.Recovery?.Folder is not string root)
        {
            return null;
        }

        string asked = string.Create(CultureInfo.InvariantCulture, $"{options.Request}\n{options.Steps} steps, {options.Samples} samples\n{RecordedOptions.Text(options.Recovery)}{(options.Runtime is { } other && other != Runtimes.Cpu ? $"\nruntime {other.Name}" : "")}\n{options.Decoding}");
        var folders = new RecoveryFolders(root, asked, model, data) { Compared = text => RecordedOptions.Compared(text, options.Recovery.Changes.Items) };
        folders.Begin(options.Recovery.Resume);
        return folders.Of;
    }
}
