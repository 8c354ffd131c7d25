using System.Text.Json;
using Espalier.Surgery;
using Espalier.Training;

namespace Espalier.Cli.Output;

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

    /// <summary>Loss and accuracy of each epoch, as far as a line reaches.</summary>
    internal static void PrintCurves(Terminal terminal, IReadOnlyList<EpochRecord> history)
    {
        const int Widest = 60;
        EpochRecord[] shown = [.. history.Where((_, i) => i % ((history.Count + Widest - 1) / Widest) == 0)];
        terminal.Out.WriteLine($"loss      {Sparkline.Of([.. shown.Select(e => e.TrainingLoss)])}  {Amount.Fixed(history[0].TrainingLoss, 3)} → {Amount.Fixed(history[^1].TrainingLoss, 3)}");
        if (history[^1].Validated)
        {
            terminal.Out.WriteLine($"accuracy  {Sparkline.Of([.. shown.Select(e => e.ValidationAccuracy)])}  {Amount.Percent(history[0].ValidationAccuracy)} → {Amount.Percent(history[^1].ValidationAccuracy)}");
        }
    }
}
