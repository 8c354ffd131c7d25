using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>A session of a training run: it holds the lock of the folder and starts from the folder's checkpoint.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly ImageTraining _training;
    private readonly TrainingFolder? _folder;
    private readonly Teacher? _teacher;
    private readonly Validator _validator;
    private IReadOnlyList<SampleFailure>? _unreadableTraining; // those of all processes, at the end
    private CancellationToken _cancellation;

    internal TrainingSession(ImageTraining training, InputPipeline augmented, InputPipeline plain, Action<EpochRecord>? epochFinished)
    {
        _training = training;
        ImageTrainingOptions options = training.Options;
        TrainingOptions loop = training.Loop;
        IRuntime runtime = loop.Runtime!;
        Data = Loader(training, augmented);
        try
        {
            if (options.Teacher is { } network)
            {
                _teacher = new Teacher(network, runtime, loop.Threads);
                (Func<Tensor, Tensor> run, Notes) = _teacher.For(training.Model, plain);
                loop = loop with { Objective = new Distillation(run) { Labels = loop.Objective, Network = network, Temperature = options.Temperature, Alpha = options.Alpha } };
            }

            loop.Parallel?.Others?.RequireSame([new("folder", options.Folder is null ? "none" : "given"), new("resume", options.Resume ? "yes" : "no")]);
            _folder = options.Folder is null ? null : new TrainingFolder(options.Folder);
            _validator = new Validator(training.Data.Validation, plain, loop.Threads)
            {
                Runtime = runtime,
                Unreadable = options.Unreadable == UnreadableSamples.Stop ? UnreadableSamples.Stop : UnreadableSamples.Skip,
                Processes = loop.Parallel?.Others,
            };
            Trainer = new Trainer(training.Model, Data, loop)
            {
                Folder = _folder,
                Validate = (model, _) => _validator.Measure(model, _cancellation), // it stops all processes together
                ValidationData = training.Data.Validation,
                ComparesStart = true,
                EpochFinished = epochFinished,
                Action = training.Action,
                Source = training.Source,
            };
            Resumed = _folder is not null && TryResume(_folder);
        }
        catch
        {
            Dispose(); // the constructor failed, so the caller cannot dispose it
            throw;
        }
    }

    /// <summary>Messages for users about assumptions made for the teacher.</summary>
    internal IReadOnlyList<string> Notes { get; } = [];

    /// <summary>Whether it was resumed from a checkpoint.</summary>
    internal bool Resumed { get; }

    /// <summary>The trainer.</summary>
    internal Trainer Trainer { get; } = null!;

    /// <summary>The loader of the training set.</summary>
    internal DataLoader Data { get; }

    /// <summary>The number of steps of the whole training run.</summary>
    internal long Steps => (long)_training.Options.Training.Epochs * Data.BatchesPerEpoch;

    /// <summary>The training images as the network gets them.</summary>
    internal AugmentedSamples Samples => new(Data, _training.Options.Training);

    /// <summary>The training images that could not be read so far.</summary>
    internal IReadOnlyList<SampleFailure> UnreadableTraining => _unreadableTraining ?? Data.Failures;

    /// <summary>The validation images that could not be read so far.</summary>
    internal IReadOnlyList<SampleFailure> UnreadableValidation => _validator.Failures;

    internal TrainingOutcome Run(IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        TrainingOutcome outcome = Trainer.Run(progress, cancellation);
        if (_training.Options.Training.Parallel?.Others is { } processes)
        {
            _unreadableTraining = SharedBatches.Gathered(new SharedWork(processes), Data.Failures); // each process knows those of its share
        }

        return outcome;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Trainer?.Dispose();
        _teacher?.Dispose();
        _folder?.Dispose();
    }

    internal static DataLoader Loader(ImageTraining training, InputPipeline augmented) => new(training.Options.Balance.Sample(training.Data.Training), augmented, new DataLoaderOptions
    {
        BatchSize = Math.Min(training.Options.Batch, training.Data.Training.Count),
        Shuffle = true,
        DropLast = true, // the batch statistics of a few images are poor
        Seed = training.Options.Training.Seed,
        Workers = Math.Max(1, training.Options.Training.Threads),
        Unreadable = training.Options.Unreadable,
        Share = training.Options.Training.Parallel?.Share ?? BatchShare.Whole,
    });

    private bool TryResume(TrainingFolder folder)
    {
        if (_training.Options.Training.Parallel?.Others is not { } processes)
        {
            bool there = IsResumed(folder);
            if (there)
            {
                Trainer.Restore(TrainingCheckpoint.Read(folder.Checkpoint), _training.Options.Changes.Items);
            }

            return there;
        }

        byte[] checkpoint = processes.FromFirst(() => IsResumed(folder) ? File.ReadAllBytes(folder.Checkpoint) : []); // the others need not see the folder
        if (checkpoint.Length > 0)
        {
            Trainer.Restore(TrainingCheckpoint.Read(checkpoint, Path.GetFileName(folder.Checkpoint)), _training.Options.Changes.Items);
        }

        return checkpoint.Length > 0;
    }

    private bool IsResumed(TrainingFolder folder)
    {
        folder.Lock(); // before its checkpoint is read
        bool there = File.Exists(folder.Checkpoint);
        if (there && !_training.Options.Resume)
        {
            throw new TrainingExistsException($"{folder.Path} already contains a training run: resume it, or use another folder for a new one");
        }

        return there;
    }
}
