using Espalier.Data;
using Espalier.Surgery;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>Runs a training and prints its data and memory, a progress bar, a line for each epoch, and the images that could not be read.</summary>
/// <param name="context">The terminal and the cancellation token.</param>
/// <param name="training">The training, whose options specify a folder.</param>
/// <param name="place">The writer of the lines, and the command line that resumes the training.</param>
internal sealed class DisplayedTraining(CliContext context, ImageTraining training, TrainingOutput place)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5); // for the current step and a checkpoint; a second Ctrl-C does not wait

    private Terminal Terminal => context.Terminal;

    /// <summary>Trains to the end. If it is interrupted, prints how to resume it and throws.</summary>
    internal TrainingOutcome Run()
    {
        var folder = new TrainingFolder(training.Options.Folder!);
        var display = new TrainingDisplay(Terminal, place.Lines, place.Steps);
        using TrainingSession session = Begin(display);
        foreach (string note in session.Notes)
        {
            Terminal.Note(note);
        }

        DataNotes notes = place.Notes ?? new DataNotes(Terminal, training.Data.Training, training.Data.Validation);
        notes.Tell();

        TellWhere(session, folder);
        Describe(session);
        place.Begun?.Invoke(session);
        context.Interruption.Patience = Patience;
        TrainingOutcome? outcome = null;
        try
        {
            display.Run(session.Steps, () => outcome = session.Run(display, context.Cancellation));
        }
        catch (OperationCanceledException)
        {
            DataPosition position = session.Trainer.Position;
            Terminal.Note($"interrupted in epoch {position.Epoch + 1}, batch {position.Batch + 1}; {folder.Checkpoint} is written. Resume with:", context.Processes is { } processes ? $"mpiexec -n {processes.Count} {place.Continuation}" : place.Continuation);
            throw;
        }
        finally
        {
            Tell(session.UnreadableTraining, training.Data.Training.Count, "of the training set");
            Tell(session.UnreadableValidation, training.Data.Validation.Count, "of the validation set");
            notes.Tell();
        }

        if (context.Processes is { Rank: > 0 })
        {
            return outcome!; // the first process writes
        }

        Model noted = place.Ledger(outcome!.Model);
        if (noted != outcome.Model)
        {
            ModelFile.Write(folder.Model, noted);
        }

        return outcome with { Model = noted };
    }

    /// <summary>Starts the session; errors name the options that help.</summary>
    private TrainingSession Begin(TrainingDisplay display)
    {
        try
        {
            return training.Begin(epoch =>
            {
                display.Epoch(epoch, training.Options.Training.Epochs);
                place.Epochs?.Invoke(epoch);
            });
        }
        catch (SharedFailureException error) when (error.InnerException is TrainingExistsException)
        {
            throw new SharedFailureException($"{training.Options.Folder} already contains a training; --resume continues it, another -o starts a new one", error);
        }
        catch (TrainingExistsException error)
        {
            throw new EspalierException($"{training.Options.Folder} already contains a training; --resume continues it, another -o starts a new one", error);
        }
        catch (ClassMismatchException error)
        {
            throw new EspalierException($"{error.Message}. 'espalier convert TEACHER NEW.espalier --labels FILE' gives a teacher other labels", error);
        }
    }

    private void TellWhere(TrainingSession session, TrainingFolder folder)
    {
        if (session.Resumed)
        {
            DataPosition position = session.Trainer.Position;
            Terminal.Note(session.Trainer.IsFinished ? "this training is already finished" : $"resuming in epoch {position.Epoch + 1}, batch {position.Batch + 1}");
        }
        else if (training.Options.Resume)
        {
            Terminal.Note($"{folder.Path} contains no checkpoint: starting from the first epoch");
        }
    }

    /// <summary>Prints the number and the names of the images that could not be read.</summary>
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

    private void Describe(TrainingSession session)
    {
        MemoryForecast memory = session.Trainer.Memory;
        MatchedTrainingData data = training.Data;
        place.Lines.WriteLine($"data    {Amount.Exact(data.Training.Count)} training images, {Amount.Exact(data.Validation.Count)} validation images, {data.Training.ClassNames.Count} classes");
        place.Lines.WriteLine($"steps   {Amount.Exact(session.Data.BatchesPerEpoch)} an epoch, of {session.Data.Options.BatchSize} images");
        place.Lines.WriteLine(
            $"memory  {Amount.Bytes(memory.Total)}: {Amount.Bytes(memory.Arena)} for a batch's activations and their gradients, {Amount.Bytes(memory.Parameters + memory.ParameterGradients)} for parameters and theirs, {Amount.Bytes(memory.PackedWeights)} for kernels; the optimizer adds its state");
        if (training.Model.Graph.Nodes.Any(node => node.Op is StochasticDepth))
        {
            place.Lines.WriteLine(DepthForecastReport.Line(StochasticDepthForecast.Of(training.Model.Graph)));
        }

        place.Lines.Flush();
    }
}
