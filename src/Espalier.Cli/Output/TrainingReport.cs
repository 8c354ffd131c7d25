using Espalier.Surgery;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The report of a training.</summary>
internal static class TrainingReport
{
    internal static Report Of(Terminal terminal, TrainingOutcome outcome, string folder)
    {
        EpochRecord best = outcome.History[outcome.BestEpoch - 1];
        string early = outcome.StoppedEarly ? ", after which validation did not improve" : "";
        string accuracy = best.Validated ? $": validation accuracy {Amount.Percent(best.ValidationAccuracy)}, loss {Amount.Fixed(best.ValidationLoss, 4)}" : "";
        ReportTable history = History(outcome.History);
        return new Report(new ReportObject
        {
            { "model", Path.Combine(folder, "model.espalier") },
            { "best_epoch", outcome.BestEpoch },
            { "stopped_early", outcome.StoppedEarly },
            { "history", history },
        })
        {
            Text =
            [
                "",
                .. Curves(terminal, "loss", outcome.History, epoch => epoch.TrainingLoss, epoch => epoch.ValidationLoss, loss => Amount.Fixed(loss, 3)),
                .. Curves(terminal, "accuracy", outcome.History, epoch => epoch.TrainingAccuracy, epoch => epoch.ValidationAccuracy, Amount.Percent),
                $"best    epoch {outcome.BestEpoch}{early}{accuracy}",
                Saving(outcome),
                $"files   {Path.Combine(folder, "model.espalier")}, history.csv, curves.svg, events for TensorBoard (tensorboard --logdir {folder})",
            ],
        };
    }

    private static ReportTable History(IReadOnlyList<EpochRecord> epochs) => ReportTable.Of(epochs)
        .Field("epoch", epoch => epoch.Epoch)
        .Field("step", epoch => epoch.Step)
        .Field("learning_rate", epoch => epoch.LearningRate)
        .Field("train_loss", epoch => epoch.TrainingLoss)
        .Field("train_accuracy", epoch => epoch.TrainingAccuracy)
        .Field("validation_loss", epoch => epoch.ValidationLoss)
        .Field("validation_accuracy", epoch => epoch.ValidationAccuracy)
        .Field("seconds", epoch => epoch.Seconds)
        .Field("images_per_second", epoch => epoch.ImagesPerSecond)
        .Field("saved_share", epoch => epoch.SavedShare);

    /// <summary>The time saved by stochastic depth, measured and predicted.</summary>
    private static string? Saving(TrainingOutcome outcome)
    {
        EpochRecord[] measured = [.. outcome.History.Where(epoch => !double.IsNaN(epoch.SavedSeconds))];
        double saved = measured.Sum(epoch => epoch.SavedSeconds);
        double share = saved / (saved + measured.Sum(epoch => epoch.Seconds));
        return measured.Length == 0 ? null
            : $"saved   {Amount.Percent(share)} of the time by stochastic depth; the forecast was {Amount.Percent(StochasticDepthForecast.Of(outcome.Model.Graph).SavedShare)}";
    }

    /// <summary>A value of each epoch as sparklines on the same scale, training above validation.</summary>
    private static IEnumerable<ReportPart> Curves(Terminal terminal, string title, IReadOnlyList<EpochRecord> history, Func<EpochRecord, double> training, Func<EpochRecord, double> validation, Func<double, string> text)
    {
        const int Widest = 60;
        const int Beside = 42; // columns of titles and values
        int columns = Math.Clamp(terminal.Width - Beside, 1, Widest);
        EpochRecord[] shown = [.. history.Where((_, i) => i % ((history.Count + columns - 1) / columns) == 0)];
        double[] all = [.. shown.Select(training).Concat(shown.Select(validation)).Where(double.IsFinite).DefaultIfEmpty()];
        foreach ((string name, Func<EpochRecord, double> value) in ((string, Func<EpochRecord, double>)[])[("training", training), ("validation", validation)])
        {
            double[] known = [.. history.Select(value).Where(double.IsFinite)];
            if (known.Length > 0)
            {
                yield return $"{title,-8}  {name,-10}  {Sparkline.Of([.. shown.Select(value)], all.Min(), all.Max())}  {text(known[0])} → {text(known[^1])}";
                title = "";
            }
        }
    }
}
