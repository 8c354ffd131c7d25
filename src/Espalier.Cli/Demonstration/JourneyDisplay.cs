using Espalier.Training;

namespace Espalier.Cli;

/// <summary>Prints the progress of the demo's journey.</summary>
/// <param name="context">The terminal and the cancellation token.</param>
/// <param name="lines">The writer of the lines.</param>
internal sealed class JourneyDisplay(CliContext context, TextWriter lines)
{
    /// <summary>Trains to the end, with a bar and a line for each epoch.</summary>
    internal TrainingOutcome Run(ImageTraining training)
    {
        Tell(training.Action == "train" ? "train" : "fine-tune");
        var display = new TrainingDisplay(context.Terminal, lines);
        using TrainingSession session = training.Begin(epoch => display.Epoch(epoch, training.Options.Training.Epochs));
        TrainingOutcome? outcome = null;
        display.Run(session.Steps, () => outcome = session.Run(display, context.Cancellation));
        return outcome!;
    }

    /// <summary>Prints a line for an operation between two trainings.</summary>
    internal void Tell(JourneyEvent done) => Tell(done switch
    {
        JourneyEvent.Narrowed narrowed => $"prune channels: {narrowed.Channels} of them are removed, with {Amount.Percent(narrowed.WorkRemoved)} of the multiply-accumulates",
        JourneyEvent.Sparse sparse => $"prune weights: {Amount.Exact(sparse.Removed)} of the {Amount.Exact(sparse.Weights)} weights of the folded blocks, in all branches together",
        JourneyEvent.Folded folded => $"fold: {folded.Before} nodes become {folded.After}",
        _ => throw new ArgumentOutOfRangeException(nameof(done)),
    });

    private void Tell(string line)
    {
        lines.WriteLine($"   {line}");
        lines.Flush();
    }
}
