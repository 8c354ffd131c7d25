using System.Diagnostics;
using Espalier.Data;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Trains a model: runs epochs of steps with a validation after each, writes checkpoints and records the history.</summary>
/// <remarks>
/// The result is a function of model, data, options and their seeds. It is bit-identical on every run, for any number of threads, and however often the run was
/// interrupted and resumed. A trainer must not be used by several threads at the same time.
/// </remarks>
public sealed class Trainer : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly DataLoader _data;
    private readonly WorkerPool _workers;
    private readonly ITrainingRun _plan;
    private readonly ParallelStep? _parallel;
    private readonly IProcessGroup? _processes; // null for this one alone
    private readonly TrainingSteps _steps;
    private readonly TrainingStep _step;
    private readonly ExtensionList _extensions;
    private ValueList<LineageSetting> _settings;
    private readonly List<EpochRecord> _history = [];
    private BestModel _best = BestModel.None;
    private EpochTotals _totals;

    /// <summary>Prepares a training run from its first step.</summary>
    /// <param name="model">The model; it is not changed. If it has no labels, the trained model gets the class names of the data.</param>
    /// <param name="data">Batches of labelled images with the model's classes in the order of its outputs (see <see cref="OutputClasses"/>). The loader is reset to its first batch; it is not disposed.</param>
    /// <param name="options">How, with a <see cref="TrainingOptions.Runtime"/>.</param>
    /// <exception cref="ArgumentException">The options have no runtime.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    /// <exception cref="InvalidOperationException">An epoch of the loader is being enumerated.</exception>
    /// <exception cref="EspalierException">The model cannot be trained on this data, or a norm would have a single value per channel in one of the steps (<see cref="BatchStatistics"/>).</exception>
    public Trainer(Model model, DataLoader data, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        TrainingOptionRanges.Require(options);
        IRuntime runtime = options.Runtime ?? throw new ArgumentException($"{nameof(TrainingOptions)}.{nameof(TrainingOptions.Runtime)} says what computes the steps: Runtimes.Cpu of the library Espalier, or another one.", nameof(options));
        Model named = TrainingDataCheck.Require(model, data);
        TrainingDataCheck.RequireShare(data, options);
        data.Position = default;
        _options = options;
        _data = data;
        _steps = new TrainingSteps(options, data.BatchesPerEpoch);
        _processes = options.Parallel?.Others;
        var auxiliary = AuxiliaryLoss.Of(named, options.AuxiliaryWeight);
        _settings = TrainingSettings.Of(options, data, auxiliary);
        _workers = new WorkerPool(ThreadCount.Of(options.Threads, nameof(TrainingOptions.Threads)));
        try
        {
            _processes?.RequireSame(TrainingSettings.BeforeStart(_settings, named, options)); // before any of them waits for another
            TrainingRunOptions run = RunOptions(auxiliary);
            StepStatistics.Require(named.Graph, run, data, options);
            _parallel = options.Parallel is { AllParts: > 1 } parallel ? new ParallelStep(runtime, named, run, parallel) : null;
            _plan = _parallel?.Run ?? runtime.PrepareTraining(named, run);
            Optimizer optimizer = null!;
            _plan.Step(() => optimizer = options.Optimizer.Create(_plan.Parameters)); // it applies the masks
            _extensions = new ExtensionList(options.Extensions, new TrainingContext(_plan, optimizer, _workers, options.Epochs, data.BatchesPerEpoch));
            _step = new TrainingStep(_plan, _parallel, optimizer, options, auxiliary, _extensions, _workers);
        }
        catch
        {
            Release(); // the constructor failed, so the caller cannot dispose it
            _workers.Dispose();
            throw;
        }
    }

    /// <summary>Evaluates a model on the validation set after each epoch; <see langword="null"/> for no validation.</summary>
    public Func<Model, CancellationToken, Evaluation>? Validate { get; init; }

    /// <summary>The images that <see cref="Validate"/> evaluates on, so that a training run is not resumed with others; <see langword="null"/> if they are not known.</summary>
    public IDataset? ValidationData
    {
        get;
        init
        {
            field = value;
            _settings = value is null ? _settings : ValueList.From([.. _settings, .. TrainingSettings.Validation(value)]);
        }
    }

    /// <summary>Whether a checkpoint of a training run that started from other weights is refused. Without it any model of the same graph can be restored into, such as the checkpoint's own.</summary>
    internal bool ComparesStart
    {
        get;
        init
        {
            field = value;
            _settings = value ? _settings.Add(TrainingSettings.Start(_plan.Model)) : _settings;
        }
    }

    /// <summary>The folder for checkpoints and history; <see langword="null"/> to write no files.</summary>
    public TrainingFolder? Folder { get; init; }

    /// <summary>Called after every finished epoch with its record.</summary>
    public Action<EpochRecord>? EpochFinished { get; init; }

    /// <summary>The action that the lineage records, <c>train</c> or <c>finetune</c>.</summary>
    public string Action { get; init; } = "train";

    /// <summary>The name of the data in the lineage, or empty. A training run can be resumed with data of another name if the data is the same.</summary>
    public string Source { get; init; } = "";

    /// <summary>The memory that training needs, without that of optimizer and extensions.</summary>
    public MemoryForecast Memory => _parallel?.Memory ?? _plan.Memory;

    /// <summary>The records of all finished epochs.</summary>
    public IReadOnlyList<EpochRecord> History => _history;

    /// <summary>The position of the next batch.</summary>
    public DataPosition Position => _data.Position;

    /// <summary>Whether training was stopped early because validation accuracy did not improve for <see cref="TrainingOptions.Patience"/> epochs.</summary>
    public bool StoppedEarly => _options.Patience is int patience && _best.EpochsWithoutImprovement >= patience;

    /// <summary>Whether all epochs are done or training was stopped early.</summary>
    public bool IsFinished => (_data.Position.Epoch >= _options.Epochs && !EpochPending) || StoppedEarly;

    private bool EpochPending => _data.Position.Batch == 0 && _totals.Images > 0;

    private int LargestPart => (_data.Options.BatchSize + (_options.Parallel?.AllParts ?? 1) - 1) / (_options.Parallel?.AllParts ?? 1);

    // The files are written by the first process.
    private TrainingFolder? Files => _options.Parallel is { Rank: > 0 } ? null : Folder;

    private long StepsDone => ((long)_data.Position.Epoch * _data.BatchesPerEpoch) + _data.Position.Batch;

    /// <summary>Prepares to resume a training run. Model, data and options must be those that it started with, except for the number of threads, the interval of checkpoints, and <paramref name="changes"/>.</summary>
    /// <param name="checkpoint">The state to resume from.</param>
    /// <param name="changes">
    /// The names of the settings that may differ from those of the checkpoint, as lineages name them: <c>epochs</c>, <c>learning_rate</c>, <c>schedule</c>, <c>optimizer</c> (its settings, not its kind), <c>patience</c>,
    /// <c>label_smoothing</c>, <c>auxiliary_weight</c>, <c>mixing</c>, <c>pipeline</c> (the augmentation), <c>clip</c>, <c>distillation</c>, <c>teacher</c>. The schedule is evaluated for the new number of epochs from the next step. The lineage records
    /// what was changed and where, since the result is no longer that of an uninterrupted run.
    /// </param>
    /// <exception cref="EspalierException">Model, data or another setting that the result depends on differs from that of the checkpoint, or a change is not possible; the message names it.</exception>
    public void Restore(TrainingCheckpoint checkpoint, IReadOnlyCollection<string>? changes = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ValueList<LineageSetting> settings = TrainingSettings.Resume(_settings, checkpoint, changes ?? []);
        CheckpointFit.Require(checkpoint, _plan.Model, _options.Epochs, _data.BatchesPerEpoch, _extensions.ChangeMasks);
        _plan.Mask(checkpoint.Model.Parameters);
        _plan.Step(_step.Optimizer.MasksChanged);
        _plan.Load(checkpoint.Model.Parameters.Select(parameter => KeyValuePair.Create(parameter.Key, parameter.Value.Effective)));
        _step.Optimizer.Restore(checkpoint.Optimizer);
        _extensions.Restore(checkpoint.Extensions);
        _history.Clear();
        _history.AddRange(checkpoint.History);
        _best = checkpoint.Best;
        _totals = checkpoint.Totals;
        _data.Position = checkpoint.Position;
        _settings = settings;
    }

    /// <summary>Trains until <see cref="IsFinished"/> or until cancelled.</summary>
    /// <param name="progress">Receives a report after every step, on the calling thread.</param>
    /// <param name="cancellation">Ends the run after the current step; if there is a folder, a checkpoint is written first.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled; <see cref="Run"/> can be called again to continue.</exception>
    /// <exception cref="EspalierException">The loss or a parameter is not finite, no sample could be read, or a file cannot be written.</exception>
    public TrainingOutcome Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        _parallel?.TakeStatistics();
        _processes?.RequireSame(TrainingSettings.AtStart(_settings, _plan.ToModel(), StepsDone, Folder is not null, Validate is not null));
        _processes.OnFirst(() => Files?.Open(StepsDone, _history));
        var clock = new RunClock(TimeProvider.System);
        try
        {
            while (!IsFinished)
            {
                ThrowIf(_processes?.Any(cancellation.IsCancellationRequested) ?? cancellation.IsCancellationRequested, cancellation);
                if (EpochPending)
                {
                    FinishEpoch(cancellation);
                }
                else
                {
                    RunSteps(clock, progress, cancellation);
                }
            }
        }
        catch (OperationCanceledException)
        {
            Save();
            throw;
        }

        return Outcome();
    }

    /// <summary>Returns the current state. Its tensors are not copied and change with the next step.</summary>
    public TrainingCheckpoint Checkpoint() => new()
    {
        Model = _plan.ToModel(),
        Position = _data.Position,
        History = [.. _history],
        Settings = _settings,
        Optimizer = _step.Optimizer.State(),
        Extensions = _extensions.State(),
        Best = _best,
        Totals = _totals,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        _workers.Dispose();
    }

    private void Release()
    {
        _parallel?.Dispose();
        if (_parallel is null)
        {
            _plan?.Dispose();
        }
    }

    private TrainingRunOptions RunOptions(AuxiliaryLoss auxiliary) => _options.Extensions.Aggregate(new TrainingRunOptions
    {
        Batch = BatchParts.Length(LargestPart, _options.Accumulation),
        FurtherOutputs = auxiliary.Outputs,
        Recompute = _options.Recompute,
        LearnScales = _options.LearnScales,
        Seed = _options.Seed,
        Workers = _workers,
    }, (run, extension) => extension.Configure(run));

    private void RunSteps(RunClock clock, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        clock.Continue();
        long start = Stopwatch.GetTimestamp();
        (double before, double savedBefore) = (_totals.Seconds, _totals.SavedSeconds);
        _plan.ResetSavedSeconds();
        foreach (Batch batch in _data.ReadEpoch(CancellationToken.None))
        {
            long step = StepsDone - 1; // the position is already that of the next batch
            double rate = _steps.LearningRateAt(step);
            (StepResult result, int images, bool stops) = _step.Run(batch, step, rate, _steps.MomentumAt(step), cancellation.IsCancellationRequested);
            _totals = _totals.With(result, images) with
            {
                Seconds = before + Stopwatch.GetElapsedTime(start).TotalSeconds,
                SavedSeconds = savedBefore + _plan.SavedSeconds,
            };
            clock.Add(images);
            Report(progress, clock, step, rate, result.Loss);
            if (_options.CheckpointSteps is int every && (step + 1) % every == 0)
            {
                Save();
            }

            ThrowIf(_processes is null ? cancellation.IsCancellationRequested : stops, cancellation);
        }

        _parallel?.EndEpoch();

        if (_totals.Images == 0)
        {
            throw new EspalierException($"none of the {_data.Dataset.Count} samples could be read; the first: {_data.Failures[0]}");
        }
    }

    private void FinishEpoch(CancellationToken cancellation)
    {
        int epoch = _data.Position.Epoch; // the index of the next epoch, from 0, which is the number of this one, from 1
        _parallel?.TakeStatistics();
        Model newest = _plan.ToModel();
        Divergence.RequireFinite(newest, StepsDone); // before it is validated
        Model candidate = Candidate(newest);
        CancellationToken own = _processes is null ? cancellation : CancellationToken.None; // the processes stop together
        Evaluation evaluation = Validate?.Invoke(candidate, own) ?? Evaluation.None;
        if (Validate is not null && _extensions.CanBeBest(StepsDone))
        {
            _best = _best.After(candidate, epoch, evaluation);
        }

        _history.Add(new EpochRecord(
            epoch, StepsDone, _steps.LearningRateAt(StepsDone - 1), _totals.MeanLoss, _totals.Accuracy, evaluation.Loss, evaluation.Accuracy, _totals.Seconds, _totals.Images / _totals.Seconds)
        {
            SavedSeconds = _totals.SavedSeconds,
        });
        _totals = default;
        if (epoch % _options.CheckpointEpochs == 0 || IsFinished)
        {
            Save();
        }

        _processes.OnFirst(() => Files?.Add(_history));
        EpochFinished?.Invoke(_history[^1]);
    }

    private Model Candidate(Model newest) => BiasRoom.Widen(_extensions.Candidate(newest)); // averages of scales and biases that fit need not fit

    private void Save()
    {
        if (Folder is { } folder)
        {
            _processes.OnFirst(() =>
            {
                TrainingCheckpoint checkpoint = Checkpoint();
                Divergence.RequireFinite(checkpoint.Model, StepsDone);
                checkpoint.Write(folder.Checkpoint);
            });
        }
    }

    private static void ThrowIf(bool stops, CancellationToken cancellation)
    {
        if (stops)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    private void Report(IProgress<TrainingProgress>? progress, RunClock clock, long step, double rate, double loss)
    {
        const int EventSteps = 10; // a compromise between smooth curves and small files
        var state = new TrainingProgress(
            _steps.EpochOf(step), _options.Epochs, step + 1, _steps.Count, rate, loss, _totals.MeanLoss, _totals.Accuracy, clock.ImagesPerSecond, clock.Left(_steps.Count - step - 1));
        if ((step + 1) % EventSteps == 0)
        {
            Files?.Add(state);
        }

        progress?.Report(state);
    }

    private TrainingOutcome Outcome()
    {
        _parallel?.TakeStatistics();
        Model newest = _plan.ToModel();
        Model model = _best.Model ?? Candidate(newest);
        int epoch = _best.Model is null ? _history.Count : _best.Epoch;
        EpochRecord record = _history[epoch - 1];
        Model result = TrainedModel.Of(model, record, epoch, Action, Source.Length == 0 ? _settings : _settings.Add(new("source", Source)));
        if (Folder is { } folder)
        {
            _processes.OnFirst(() => ModelFile.Write(folder.Model, result));
        }

        return new TrainingOutcome(result, [.. _history], epoch, StoppedEarly);
    }
}
