using Espalier.Cli.Output;
using Espalier.Training;
using Spectre.Console;

namespace Espalier.Cli.Learning;

/// <summary>Shows a training: a bar that moves where somebody looks, and a line for each epoch.</summary>
internal sealed class TrainingDisplay(Terminal terminal, TextWriter lines) : IProgress<TrainingProgress>
{
    private readonly IAnsiConsole _console = ProgressBar.Console(terminal);
    private ProgressTask? _task;

    /// <summary>Runs <paramref name="work"/> under a bar.</summary>
    internal void Run(long steps, Action work)
    {
        if (!terminal.Animates)
        {
            work();
            return;
        }

        _console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 20 }, new PercentageColumn())
            .Start(progress =>
            {
                _task = progress.AddTask("", maxValue: Math.Max(1, steps));
                work();
            });
        _task = null;
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (_task is not null)
        {
            _task.Description = Markup.Escape(
                $"epoch {value.Epoch}/{value.Epochs}  loss {Amount.Fixed(value.Loss, 3)}  accuracy {Amount.Percent(value.Accuracy)}  {Amount.Fixed(value.ImagesPerSecond, 0)} images/s  {Left(value.Left)} left");
            _task.Value = value.Step;
        }
    }

    /// <summary>Prints a finished epoch.</summary>
    internal void Epoch(EpochRecord epoch, int epochs)
    {
        string validation = epoch.Validated ? $"  validation loss {Amount.Fixed(epoch.ValidationLoss, 4)}  accuracy {Amount.Percent(epoch.ValidationAccuracy)}" : "";
        string saved = double.IsNaN(epoch.SavedShare) ? "" : $"  {Amount.Percent(epoch.SavedShare)} of the time saved";
        string line = $"epoch {epoch.Epoch,3}/{epochs}  loss {Amount.Fixed(epoch.TrainingLoss, 4)}  accuracy {Amount.Percent(epoch.TrainingAccuracy)}{validation}  {Amount.Fixed(epoch.ImagesPerSecond, 0)} images/s{saved}";
        if (_task is not null && (terminal.Seen || lines == terminal.Error))
        {
            _console.WriteLine(line); // above the bar, which a write past it would tear
            return;
        }

        lines.WriteLine(line);
        lines.Flush();
    }

    private static string Left(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : $"{time:mm\\:ss}";
}
