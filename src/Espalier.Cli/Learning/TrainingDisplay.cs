using Espalier.Training;

namespace Espalier.Cli;

/// <summary>Shows a training: a progress bar on a terminal, and a line for each epoch.</summary>
/// <param name="terminal">The terminal.</param>
/// <param name="lines">The writer of the lines.</param>
/// <param name="steps">Receives every step too; <see langword="null"/> for none.</param>
internal sealed class TrainingDisplay(Terminal terminal, TextWriter lines, IProgress<TrainingProgress>? steps = null) : IProgress<TrainingProgress>
{
    private ProgressBar? _bar;

    /// <summary>Runs <paramref name="work"/> with a progress bar.</summary>
    internal void Run(long steps, Action work)
    {
        ProgressBar.Run(terminal, "training", steps, bar =>
        {
            _bar = bar;
            work();
        });
        _bar = null; // no reports after an error
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        _bar?.Describe(
            $"epoch {value.Epoch}/{value.Epochs}",
            $"{Left(value.Left)} left",
            $"loss {Amount.Fixed(value.Loss, 3)}",
            $"accuracy {Amount.Percent(value.Accuracy)}",
            $"{Amount.Fixed(value.ImagesPerSecond, 0)} images/s");
        _bar?.Report(value.Step);
        steps?.Report(value);
    }

    /// <summary>Prints a finished epoch.</summary>
    internal void Epoch(EpochRecord epoch, int epochs)
    {
        string validation = epoch.Validated ? $"  validation loss {Amount.Fixed(epoch.ValidationLoss, 4)}  accuracy {Amount.Percent(epoch.ValidationAccuracy)}" : "";
        string saved = double.IsNaN(epoch.SavedShare) ? "" : $"  {Amount.Percent(epoch.SavedShare)} of the time saved";
        lines.WriteLine($"epoch {epoch.Epoch,3}/{epochs}  loss {Amount.Fixed(epoch.TrainingLoss, 4)}  accuracy {Amount.Percent(epoch.TrainingAccuracy)}{validation}  {Amount.Fixed(epoch.ImagesPerSecond, 0)} images/s{saved}");
        lines.Flush();
    }

    private static string Left(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : $"{time:mm\\:ss}";
}
