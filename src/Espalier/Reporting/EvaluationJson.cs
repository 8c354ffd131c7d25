using System.Text.Json;

namespace Espalier;

/// <summary>Writes the evaluation of a report's model, under the names that <c>evaluate --json</c> has for it.</summary>
internal static class EvaluationJson
{
    private const int MostConfusions = 600; // all pairs of 24 classes, or the most frequent ones

    internal static void Write(Utf8JsonWriter json, ClassificationReport? report)
    {
        if (report is null)
        {
            json.WriteNull("evaluation");
            return;
        }

        json.WriteStartObject("evaluation");
        json.WriteNumber("count", report.Count);
        json.Number("top1", report.Accuracy);
        json.WriteNumber("top1_correct", report.TopCorrect(1));
        json.Number("top5", report.TopAccuracy(5));
        json.WriteNumber("top5_correct", report.TopCorrect(5));
        json.Number("loss", report.Loss);
        json.Number("calibration_error", report.CalibrationError);
        json.WriteNumber("unreadable", report.Unreadable.Count);
        json.WriteStartArray("classes");
        foreach (ClassFigures figures in report.Classes)
        {
            json.WriteStartObject();
            json.WriteString("label", figures.Label);
            json.WriteNumber("images", figures.Count);
            json.WriteNumber("predicted", figures.Predicted);
            json.WriteNumber("correct", figures.Correct);
            json.Number("precision", figures.Precision);
            json.Number("recall", figures.Recall);
            json.Number("f1", figures.F1);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteConfusions(json, [.. report.Confusion.Confusions]);
        json.WriteEndObject();
    }

    private static void WriteConfusions(Utf8JsonWriter json, (int Truth, int Predicted, int Count)[] confusions)
    {
        json.WriteStartArray("confusions");
        foreach ((int truth, int predicted, int count) in confusions.Take(MostConfusions))
        {
            json.WriteStartArray();
            json.WriteNumberValue(truth);
            json.WriteNumberValue(predicted);
            json.WriteNumberValue(count);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteNumber("confusions_left_out", Math.Max(0, confusions.Length - MostConfusions));
    }
}
