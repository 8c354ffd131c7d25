using System.Text.Json;
using Espalier.Graphs;

namespace Espalier;

/// <summary>Values of explanations as JSON.</summary>
internal static class ExplanationJson
{
    /// <summary>A grid of numbers as a list of rows.</summary>
    internal static void Write(Utf8JsonWriter json, string name, ReadOnlySpan<float> values, int columns)
    {
        json.WriteStartArray(name);
        WriteRows(json, values, columns);
        json.WriteEndArray();
    }

    /// <summary>The rows of a grid, within a list.</summary>
    internal static void WriteRows(Utf8JsonWriter json, ReadOnlySpan<float> values, int columns)
    {
        for (int row = 0; row < values.Length; row += columns)
        {
            json.WriteStartArray();
            foreach (float value in values.Slice(row, columns))
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
        }
    }

    /// <summary>A rectangle in the photo's coordinates.</summary>
    internal static void Write(Utf8JsonWriter json, string name, PhotoBox box)
    {
        json.WriteStartObject(name);
        json.WriteNumber("top", box.Top);
        json.WriteNumber("left", box.Left);
        json.WriteNumber("bottom", box.Bottom);
        json.WriteNumber("right", box.Right);
        json.WriteEndObject();
    }

    /// <summary>A rectangle of pixels; the bottom row and right column are exclusive.</summary>
    internal static void Write(Utf8JsonWriter json, string name, PixelBox box)
    {
        json.WriteStartObject(name);
        json.WriteNumber("top", box.Top);
        json.WriteNumber("left", box.Left);
        json.WriteNumber("bottom", box.Bottom);
        json.WriteNumber("right", box.Right);
        json.WriteEndObject();
    }

    /// <summary>A class with its label, as in the numbers of a prediction.</summary>
    internal static void Write(Utf8JsonWriter json, Prediction prediction)
    {
        json.WriteNumber("class", prediction.Class);
        json.WriteString("label", prediction.Label);
        json.WriteNumber("probability", prediction.Probability);
        json.WriteNumber("logit", prediction.Logit);
    }
}
