using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>One or several prunings, each with a recovery behind it where that is asked for, and the figures after every step.</summary>
internal sealed class PruneRun
{
    private readonly List<(string Title, ModelFigures Figures)> _steps = [];
    private readonly Model _original;
    private readonly IPruning _pruning;
    private readonly PruningData? _data;
    private readonly PruneTools _tools;
    private readonly CancellationToken _cancellation;

    /// <param name="original">The model, with a lineage.</param>
    /// <param name="pruning">What is asked for.</param>
    /// <param name="data">Images, or <see langword="null"/>.</param>
    /// <param name="cancellation">When to stop.</param>
    internal PruneRun(Model original, IPruning pruning, PruningData? data, CancellationToken cancellation)
    {
        (_pruning, _data, _cancellation) = (pruning, data, cancellation);
        double? accuracy = data?.Accuracy(original);
        _original = original.LastFigures() is { Accuracy: null } known ? original.WithFigures(known with { Accuracy = accuracy }) : original;
        _tools = data is null
            ? new PruneTools(_ => throw new EspalierException("gradients need --data"), null, (_, _) => throw new EspalierException("outputs need --data"), Milliseconds)
            : new PruneTools(data.Gradients, data.Sample, data.Run, Milliseconds);
        _steps.Add(("before", ModelFigures.Of(original) with { Bytes = ModelFile.SizeOf(original), Accuracy = accuracy }));
    }

    /// <summary>How many prunings.</summary>
    internal int Count { get; init; } = 1;

    /// <summary>The folder of a step's recovery, or <see langword="null"/> where there is none.</summary>
    internal Func<int, string>? Folder { get; init; }

    /// <summary>Fine-tunes a model, with checkpoints in a folder.</summary>
    internal Func<Model, string, Model>? Recover { get; init; }

    /// <summary>Whether steps whose files are there are not done again.</summary>
    internal bool Resumes { get; init; }

    /// <summary>The figures before, and after each pruning and recovery.</summary>
    internal IReadOnlyList<(string Title, ModelFigures Figures)> Steps => _steps;

    /// <summary>What the last pruning did, or <see langword="null"/> where it was done by an earlier run.</summary>
    internal PruneOutcome? Last { get; private set; }

    /// <summary>Whether anything was removed, in this run or in the one that it resumes.</summary>
    internal bool RemovedAnything { get; private set; }

    /// <summary>Prunes to the end.</summary>
    internal Model Run()
    {
        Model model = _original;
        for (int number = 1; number <= Count; number++)
        {
            _cancellation.ThrowIfCancellationRequested();
            var step = new PruneStep(_original, number, Count);
            model = Folder is null ? Prune(model, step) : PruneAndRecover(model, step, Folder(number));
        }

        return model;
    }

    /// <summary>Measures the original and its descendant in turns, and notes the times.</summary>
    internal PruneSpeed Measure(ref Model model)
    {
        Latencies[] times = LedgerTiming.Measure([_original, model], _cancellation);
        (double before, double after) = (times[0].Percentile(0.5), times[1].Percentile(0.5));
        _steps[0] = (_steps[0].Title, _steps[0].Figures with { Milliseconds = before });
        _steps[^1] = (_steps[^1].Title, _steps[^1].Figures with { Milliseconds = after });
        model = ModelFile.WithSize(model.WithFigures(_steps[^1].Figures));
        return new PruneSpeed(before, after, _pruning.Latency?.Of(before));
    }

    private Model PruneAndRecover(Model model, PruneStep step, string folder)
    {
        string pruned = Path.Combine(folder, "pruned.espalier");
        string recovered = Path.Combine(folder, "model.espalier");
        if (Resumes && File.Exists(pruned))
        {
            model = ModelFile.Read(pruned);
            RemovedAnything = true;
            Note("pruned", step, model);
        }
        else
        {
            model = Prune(model, step);
            Directory.CreateDirectory(folder);
            ModelFile.Write(pruned, model);
        }

        model = Resumes && File.Exists(recovered) ? ModelFile.Read(recovered) : Recover!(model, folder);
        model = LedgerOption.Complete(model);
        Note("fine-tuned", step, model);
        return model;
    }

    private Model Prune(Model model, PruneStep step)
    {
        Last = _pruning.Prune(model, step, _tools);
        RemovedAnything |= Last.RemovedAnything;
        model = Last.After;
        model = ModelFile.WithSize(model.WithFigures(ModelFigures.Of(model) with { Accuracy = _data?.Accuracy(model) }));
        Note("pruned", step, model);
        return model;
    }

    private void Note(string title, PruneStep step, Model model) =>
        _steps.Add((Count == 1 ? title : $"{title} {step.Number}/{Count}", model.LastFigures() ?? ModelFigures.Of(model)));

    private double Milliseconds(Model model) => LedgerTiming.Milliseconds(model, _cancellation);
}
