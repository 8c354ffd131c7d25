using System.Text.Json;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>Writes the epochs of a training and their curves, under the names that <c>history.csv</c> has for them.</summary>
internal static class TrainingJson
{
    internal static void Write(Utf8JsonWriter json, IReadOnlyList<EpochRecord> history)
    {
        if (history.Count == 0)
        {
            json.WriteNull("training");
            return;
        }

        json.WriteStartObject("training");
        json.WriteStartArray("epochs");
        foreach (EpochRecord epoch in history)
        {
            Write(json, epoch);
        }

        json.WriteEndArray();
        json.WriteStartArray("charts");
        var rates = new Chart("Learning rate", "epoch", "learning rate", [new("of the epoch's last step", ValueList.From(history.Select(epoch => new CurvePoint(epoch.Epoch, epoch.LearningRate))))]);
        foreach (Chart chart in Chart.Of([.. history]).Append(rates))
        {
            json.WriteStartObject();
            json.WriteString("title", chart.Title);
            json.WriteString("svg", ChartDrawing.Draw(chart));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, EpochRecord epoch)
    {
        json.WriteStartObject();
        json.WriteNumber("epoch", epoch.Epoch);
        json.WriteNumber("step", epoch.Step);
        json.Number("learning_rate", epoch.LearningRate);
        json.Number("train_loss", epoch.TrainingLoss);
        json.Number("train_accuracy", epoch.TrainingAccuracy);
        json.Number("validation_loss", epoch.ValidationLoss);
        json.Number("validation_accuracy", epoch.ValidationAccuracy);
        json.Number("seconds", epoch.Seconds);
        json.Number("images_per_second", epoch.ImagesPerSecond);
        json.WriteEndObject();
    }
}
