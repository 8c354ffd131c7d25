using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Espalier;

/// <summary>The data of a report as JSON, in which no character can end the element that holds it: &lt;, &gt; and &amp; are escaped.</summary>
internal static class ReportJson
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Returns the JSON in UTF-8.</summary>
    internal static byte[] Of(ReportContent content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            Write(json, content);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ReportContent content)
    {
        json.WriteStartObject();
        json.WriteString("version", typeof(ReportJson).Assembly.GetName().Version?.ToString(3));
        json.WriteStartArray("models");
        foreach (NamedModel model in content.Models)
        {
            json.WriteStartObject();
            NetworkJson.Write(json, model);
            LedgerJson.Write(json, model);
            TrainingJson.Write(json, model.Given.Training);
            EvaluationJson.Write(json, model.Given.Evaluation);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (content.Models is [NamedModel first, NamedModel second])
        {
            WriteDifferences(json, new StructureDifference(first.Model.Graph, second.Model.Graph));
        }
        else
        {
            json.WriteNull("differences");
        }

        json.WriteStartArray("explanations");
        foreach (ReportExplanation explanation in content.Explanations)
        {
            Write(json, explanation);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteDifferences(Utf8JsonWriter json, StructureDifference differences)
    {
        json.WriteStartObject("differences");
        json.Texts("only_in_first", differences.OnlyInFirst);
        json.Texts("only_in_second", differences.OnlyInSecond);
        json.WriteStartArray("reshaped");
        foreach ((string node, Tensors.Shape? first, Tensors.Shape? second) in differences.Reshaped)
        {
            json.WriteStartObject();
            json.WriteString("node", node);
            json.Extents("first", first);
            json.Extents("second", second);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Texts("changed", differences.Changed);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReportExplanation explanation)
    {
        json.WriteStartObject();
        json.WriteString("title", explanation.Title);
        json.WriteString("caption", explanation.Caption);
        json.WriteString("image", explanation.ToDataUri());
        json.WriteStartArray("numbers");
        foreach (ReportNumber number in explanation.Numbers)
        {
            json.WriteStartObject();
            json.WriteString("name", number.Name);
            json.Number("value", number.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
