using Espalier.Data;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>One training from the command line: a model, data and options in; a folder with the result out.</summary>
/// <param name="context">Where to print, and when to stop.</param>
/// <param name="model">The model, with the labels that the data was matched to.</param>
/// <param name="data">What it learns from and what it is measured on.</param>
/// <param name="augmented">Makes the inputs that it learns from.</param>
/// <param name="plain">Makes the inputs that it is measured on.</param>
internal sealed class TrainingJob(CliContext context, Model model, MatchedTrainingData data, InputPipeline augmented, InputPipeline plain)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5); // for the step under way and a checkpoint; a second Ctrl-C does not wait

    /// <summary>Where checkpoints, history and the result go.</summary>
    internal required string Folder { get; init; }

    /// <summary>How to train.</summary>
    internal required TrainingOptions Options { get; init; }

    /// <summary>Images in a batch.</summary>
    internal required int Batch { get; init; }

    /// <summary>What is done about images to learn from that cannot be read; <see cref="UnreadableSamples.Stop"/> holds for those to measure on too.</summary>
    internal UnreadableSamples Unreadable { get; init; } = UnreadableSamples.Replace;

    /// <summary>Whether to resume from the folder's checkpoint.</summary>
    internal bool Resume { get; init; }

    /// <summary>What the lineage calls it.</summary>
    internal required string Action { get; init; }

    /// <summary>What the lineage calls the data.</summary>
    internal required string Source { get; init; }

    /// <summary>What is noted at the last step of the result's lineage besides what training knows.</summary>
    internal required Func<Model, Model> Ledger { get; init; }

    /// <summary>The command line that resumes the training, shown when it is interrupted.</summary>
    internal required string Continuation { get; init; }

    /// <summary>Where epochs are told: standard output, or standard error where JSON is to be the only thing there.</summary>
    internal required TextWriter Lines { get; init; }

    private Terminal Terminal => context.Terminal;

    /// <summary>Trains to the end. If it is interrupted, prints how to resume it and throws.</summary>
    internal TrainingOutcome Run()
    {
        DataLoader loader = Loader();
        using var folder = new TrainingFolder(Folder);
        var display = new TrainingDisplay(Terminal, Lines);
        var validator = new Validator(data.Validation, plain, Options.Threads)
        {
            Unreadable = Unreadable == UnreadableSamples.Stop ? UnreadableSamples.Stop : UnreadableSamples.LeaveOut,
        };
        using var trainer = new Trainer(model, loader, Options)
        {
            Folder = folder,
            Validate = validator.Measure,
            EpochFinished = epoch => display.Epoch(epoch, Options.Epochs),
            Action = Action,
            Source = Source,
        };
        Begin(trainer, folder);
        Describe(trainer, loader);
        context.Interruption.Patience = Patience;
        TrainingOutcome? outcome = null;
        try
        {
            display.Run((long)Options.Epochs * loader.BatchesPerEpoch, () => outcome = trainer.Run(display, context.Cancellation));
        }
        catch (OperationCanceledException)
        {
            Terminal.Note($"interrupted in epoch {trainer.Position.Epoch + 1}, batch {trainer.Position.Batch + 1}; {folder.Checkpoint} is written. Resume with:", Continuation);
            throw;
        }
        finally
        {
            Tell(loader.Failures, data.Training.Count, "to learn from");
            Tell(validator.Failures, data.Validation.Count, "to measure on");
        }

        Model noted = Ledger(outcome!.Model);
        if (noted != outcome.Model)
        {
            ModelFile.Write(folder.Model, noted);
        }

        return outcome with { Model = noted };
    }

    /// <summary>Refuses, before anything is written, what no training could begin with: data that does not go with the model, or batches that leave a norm a single value.</summary>
    internal void Require()
    {
        using var trainer = new Trainer(model, Loader(), Options);
    }

    private DataLoader Loader() => new(data.Training, augmented, new DataLoaderOptions
    {
        BatchSize = Math.Min(Batch, data.Training.Count),
        Shuffle = true,
        DropLast = true, // batch norm does not like a handful of images
        Seed = Options.Seed,
        Workers = Math.Max(1, Options.Threads),
        Unreadable = Unreadable,
    });

    private void Begin(Trainer trainer, TrainingFolder folder)
    {
        folder.Lock(); // before its checkpoint is looked at
        bool there = File.Exists(folder.Checkpoint);
        if (there && !Resume)
        {
            throw new EspalierException($"{folder.Path} already holds a training; --resume continues it, another -o starts a new one");
        }

        if (Resume && there)
        {
            trainer.Restore(TrainingCheckpoint.Read(folder.Checkpoint));
            Terminal.Note(trainer.IsFinished ? "this training is over" : $"resuming in epoch {trainer.Position.Epoch + 1}, batch {trainer.Position.Batch + 1}");
        }
        else if (Resume)
        {
            Terminal.Note($"{folder.Path} holds no checkpoint yet: beginning anew");
        }
    }

    /// <summary>Counts and names the images that could not be read, however the training ended.</summary>
    private void Tell(IReadOnlyList<SampleFailure> failures, int images, string purpose)
    {
        if (failures.Count > 0)
        {
            Terminal.Warn($"{Amount.Exact(failures.Count)} of {Amount.Exact(images)} images {purpose} could not be read:");
        }

        foreach (SampleFailure failure in failures)
        {
            Terminal.Warn(failure.ToString());
        }
    }

    private void Describe(Trainer trainer, DataLoader loader)
    {
        MemoryForecast memory = trainer.Memory;
        Lines.WriteLine($"data    {Amount.Exact(data.Training.Count)} images to learn from, {Amount.Exact(data.Validation.Count)} to measure on, {data.Training.ClassNames.Count} classes");
        Lines.WriteLine($"steps   {Amount.Exact(loader.BatchesPerEpoch)} an epoch, of {loader.Options.BatchSize} images");
        Lines.WriteLine(
            $"memory  {Amount.Bytes(memory.Total)}: {Amount.Bytes(memory.Arena)} for a batch's activations and their gradients, {Amount.Bytes(memory.Parameters + memory.ParameterGradients)} for parameters and theirs, {Amount.Bytes(memory.PackedWeights)} for kernels; the optimizer adds its state");
        if (model.Graph.Nodes.Any(node => node.Op is StochasticDepth))
        {
            Lines.WriteLine(DepthForecastReport.Line(StochasticDepthForecast.Of(model.Graph)));
        }

        Lines.Flush();
    }
}
