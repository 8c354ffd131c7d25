using System.Text.Json;
using Espalier.Surgery;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>What a training came to.</summary>
internal static class TrainingReport
{
    internal static void Show(Terminal terminal, TrainingOutcome outcome, string folder, bool json)
    {
        if (json)
        {
            Json.Print(terminal, writer => Write(writer, outcome, folder));
        }
        else
        {
            Print(terminal, outcome, folder);
        }
    }

    private static void Print(Terminal terminal, TrainingOutcome outcome, string folder)
    {
        EpochRecord best = outcome.History[outcome.BestEpoch - 1];
        terminal.Out.WriteLine();
        PrintCurves(terminal, outcome.History);
        string early = outcome.StoppedEarly ? ", after which nothing got better" : "";
        string accuracy = best.Validated ? $": validation accuracy {Amount.Percent(best.ValidationAccuracy)}, loss {Amount.Fixed(best.ValidationLoss, 4)}" : "";
        terminal.Out.WriteLine($"best    epoch {outcome.BestEpoch}{early}{accuracy}");
        PrintSaving(terminal, outcome);
        terminal.Out.WriteLine($"files   {Path.Combine(folder, "model.espalier")}, history.csv, curves.svg, events for TensorBoard (tensorboard --logdir {folder})");
    }

    /// <summary>What stochastic depth was expected to save, and what it did.</summary>
    private static void PrintSaving(Terminal terminal, TrainingOutcome outcome)
    {
        EpochRecord[] measured = [.. outcome.History.Where(epoch => !double.IsNaN(epoch.SavedSeconds))];
        if (measured.Length > 0)
        {
            double saved = measured.Sum(epoch => epoch.SavedSeconds);
            double share = saved / (saved + measured.Sum(epoch => epoch.Seconds));
            terminal.Out.WriteLine($"saved   {Amount.Percent(share)} of the time by stochastic depth; the forecast was {Amount.Percent(StochasticDepthForecast.Of(outcome.Model.Graph).SavedShare)}");
        }
    }

    private static void Write(Utf8JsonWriter json, TrainingOutcome outcome, string folder)
    {
        json.WriteStartObject();
        json.WriteString("model", Path.Combine(folder, "model.espalier"));
        json.WriteNumber("best_epoch", outcome.BestEpoch);
        json.WriteBoolean("stopped_early", outcome.StoppedEarly);
        json.WriteStartArray("history");
        foreach (EpochRecord epoch in outcome.History)
        {
            json.WriteStartObject();
            json.WriteNumber("epoch", epoch.Epoch);
            json.WriteNumber("step", epoch.Step);
            json.WriteFinite("learning_rate", epoch.LearningRate);
            json.WriteFinite("train_loss", epoch.TrainingLoss);
            json.WriteFinite("train_accuracy", epoch.TrainingAccuracy);
            json.WriteFinite("validation_loss", epoch.ValidationLoss);
            json.WriteFinite("validation_accuracy", epoch.ValidationAccuracy);
            json.WriteFinite("seconds", epoch.Seconds);
            json.WriteFinite("images_per_second", epoch.ImagesPerSecond);
            json.WriteFinite("saved_share", epoch.SavedShare);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Loss and accuracy of each epoch, training and validation below each other on one scale.</summary>
    private static void PrintCurves(Terminal terminal, IReadOnlyList<EpochRecord> history)
    {
        PrintCurves(terminal, "loss", history, epoch => epoch.TrainingLoss, epoch => epoch.ValidationLoss, loss => Amount.Fixed(loss, 3));
        PrintCurves(terminal, "accuracy", history, epoch => epoch.TrainingAccuracy, epoch => epoch.ValidationAccuracy, Amount.Percent);
    }

    private static void PrintCurves(Terminal terminal, string title, IReadOnlyList<EpochRecord> history, Func<EpochRecord, double> training, Func<EpochRecord, double> validation, Func<double, string> text)
    {
        const int Widest = 60;
        const int Beside = 42; // columns of titles and figures
        int columns = Math.Clamp(terminal.Width - Beside, 1, Widest);
        EpochRecord[] shown = [.. history.Where((_, i) => i % ((history.Count + columns - 1) / columns) == 0)];
        double[] all = [.. shown.Select(training).Concat(shown.Select(validation)).Where(double.IsFinite).DefaultIfEmpty()];
        foreach ((string name, Func<EpochRecord, double> value) in ((string, Func<EpochRecord, double>)[])[("training", training), ("validation", validation)])
        {
            double[] known = [.. history.Select(value).Where(double.IsFinite)];
            if (known.Length > 0)
            {
                terminal.Out.WriteLine($"{title,-8}  {name,-10}  {Sparkline.Of([.. shown.Select(value)], all.Min(), all.Max())}  {text(known[0])} → {text(known[^1])}");
                title = "";
            }
        }
    }
}
