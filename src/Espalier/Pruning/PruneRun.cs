using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Runs one or several pruning steps, each optionally followed by recovery, and records the figures after every step.</summary>
internal sealed class PruneRun
{
    private const int MostAttempts = 4; // to reach a latency that the pruned model, measured beside the original, misses
    private const double Margin = 0.98; // of a latency at each further attempt, beyond the proportion by which it was missed

    private readonly List<(string Title, ModelFigures Figures)> _steps = [];
    private readonly Model _original;
    private readonly PruningRequest _request;
    private readonly PruningData? _data;
    private readonly PruningContext _context;
    private readonly IRuntime _runtime;
    private readonly CancellationToken _cancellation;

    /// <param name="original">The model, with a lineage.</param>
    /// <param name="request">The request.</param>
    /// <param name="data">Images, or <see langword="null"/>.</param>
    /// <param name="runtime">What the model is timed on.</param>
    /// <param name="cancellation">Cancels the run.</param>
    internal PruneRun(Model original, PruningRequest request, PruningData? data, IRuntime runtime, CancellationToken cancellation)
    {
        (_request, _data, _runtime, _cancellation) = (request, data, runtime, cancellation);
        double? accuracy = data?.Accuracy(original);
        _original = original.LastFigures() is { Accuracy: null } known ? original.WithFigures(known with { Accuracy = accuracy }) : original;
        _context = new PruningContext
        {
            Gradients = data is null ? null : data.Gradients,
            Samples = data is null ? null : data.Sample,
            Runtime = data?.Runtime,
            Threads = data?.Threads ?? 0,
            Bytes = model => ModelFile.SizeOf(model),
            Milliseconds = model => ModelTiming.Milliseconds(model, runtime, cancellation),
        };
        _steps.Add(("before", ModelFigures.Of(original) with { Bytes = ModelFile.SizeOf(original), Accuracy = accuracy }));
    }

    /// <summary>The number of pruning steps.</summary>
    internal int Count { get; init; } = 1;

    /// <summary>Returns the folder of a step's recovery; <see langword="null"/> to write no files.</summary>
    internal Func<int, string>? Folder { get; init; }

    /// <summary>Fine-tunes a model, with checkpoints in the folder of its step if there is one.</summary>
    internal Func<Model, string?, Model>? Recover { get; init; }

    /// <summary>Converts an error of a pruning step to one for the caller, for example with the line of an amounts file.</summary>
    internal Func<EspalierException, EspalierException> Explain { get; init; } = error => error;

    /// <summary>Whether steps whose files exist are skipped.</summary>
    internal bool Resumes { get; init; }

    /// <summary>The figures before pruning and after each pruning step and recovery.</summary>
    internal IReadOnlyList<(string Title, ModelFigures Figures)> Steps => _steps;

    /// <summary>The result of the last pruning step, or <see langword="null"/> if an earlier run did it.</summary>
    internal PruningResult? Last { get; private set; }

    /// <summary>Whether something was pruned, in this run or in the one that it resumes.</summary>
    internal bool RemovedAnything { get; private set; }

    /// <summary>The latencies if a target of latency is missed however much is removed. The last step is then not followed by recovery, which takes the time of a training run and cannot change the latency.</summary>
    internal PruneSpeed? Missed { get; private set; }

    /// <summary>Runs all steps.</summary>
    internal Model Run()
    {
        Model model = _original;
        for (int number = 1; number <= Count; number++)
        {
            _cancellation.ThrowIfCancellationRequested();
            var step = new PruningStep(_original, number, Count);
            model = Recover is null ? Prune(model, step) : PruneAndRecover(model, step, Folder?.Invoke(number));
        }

        return model;
    }

    /// <summary>Measures the latencies of the original and the pruned model in turns and records them.</summary>
    internal PruneSpeed Measure(ref Model model)
    {
        PruneSpeed speed = SpeedOf(model);
        (double before, double after) = (speed.Before, speed.After);
        _steps[0] = (_steps[0].Title, _steps[0].Figures with { Milliseconds = before });
        _steps[^1] = (_steps[^1].Title, _steps[^1].Figures with { Milliseconds = after });
        model = ModelFile.WithSize(ModelHistory.TimedOn(_runtime, model).WithFigures(_steps[^1].Figures));
        return speed;
    }

    private PruneSpeed SpeedOf(Model model)
    {
        Latencies[] times = ModelTiming.Measure([_original, model], _runtime, _cancellation);
        double before = times[0].Percentile(0.5);
        return new PruneSpeed(before, times[1].Percentile(0.5), _request.Target?.LimitOf(PruningMeasure.Milliseconds, before));
    }

    private Model PruneAndRecover(Model model, PruningStep step, string? folder)
    {
        string? pruned = folder is null ? null : Path.Combine(folder, "pruned.espalier");
        string? recovered = folder is null ? null : Path.Combine(folder, "model.espalier");
        if (Resumes && File.Exists(pruned))
        {
            model = ModelFile.Read(pruned);
            RemovedAnything = true;
            Note("pruned", step, model);
        }
        else
        {
            model = Prune(model, step);
            if (Missed is not null)
            {
                return model;
            }

            if (pruned is not null)
            {
                FileErrors.CreateFolder(folder!);
                ModelFile.Write(pruned, model);
            }
        }

        model = Resumes && File.Exists(recovered) ? ModelFile.Read(recovered) : Recover!(model, folder);
        model = ModelHistory.Complete(model);
        Note("fine-tuned", step, model);
        return model;
    }

    private Model Prune(Model model, PruningStep step)
    {
        Last = Apply(model, step, _request);
        if (step.Number == Count && Last.RemovedAnything && _request.Target is MeasureTarget { Measure: var measure } && measure == PruningMeasure.Milliseconds)
        {
            Narrow(model, step);
        }

        RemovedAnything |= Last.RemovedAnything;
        model = Last.Model;
        model = ModelFile.WithSize(model.WithFigures(ModelFigures.Of(model) with { Accuracy = _data?.Accuracy(model) }));
        Note("pruned", step, model);
        return model;
    }

    /// <summary>Measures the pruned model beside the original, as the result will be, and removes more if it is slower than its target: candidates were measured one after another, while the machine's speed may have changed.</summary>
    private void Narrow(Model model, PruningStep step)
    {
        var target = (MeasureTarget)_request.Target!;
        double share = 1;
        for (int attempt = 1; SpeedOf(Last!.Model) is { Fails: true } speed; attempt++)
        {
            share *= Margin * Math.Min(1, speed.Target!.Value / speed.After);
            if (attempt == MostAttempts || TryApply(model, step, _request with { Target = target with { Value = share * target.Value } }) is not { } narrower)
            {
                Missed = speed;
                return;
            }

            Last = narrower;
        }
    }

    /// <summary>The result of a pruning, or <see langword="null"/> if no network can be narrow enough.</summary>
    private PruningResult? TryApply(Model model, PruningStep step, PruningRequest request)
    {
        try
        {
            return Apply(model, step, request);
        }
        catch (EspalierException)
        {
            return null;
        }
    }

    private PruningResult Apply(Model model, PruningStep step, PruningRequest request)
    {
        Func<string, Tensor>? gradients = request.Needs.HasFlag(PruningNeeds.Gradients) ? _context.Gradients?.Invoke(model) : null; // computed outside the try block, because an error in the data is not one of the request
        try
        {
            return model.Prune(request, gradients is null ? _context : _context with { Gradients = _ => gradients }, step);
        }
        catch (EspalierException error)
        {
            throw Explain(error);
        }
    }

    private void Note(string title, PruningStep step, Model model) =>
        _steps.Add((Count == 1 ? title : $"{title} {step.Number}/{Count}", model.LastFigures() ?? ModelFigures.Of(model)));
}
