using System.Runtime.InteropServices;
using System.Text.Json;
using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>Reads and writes a model's metadata as fields of a JSON object.</summary>
internal static class MetadataCodec
{
    public static void Write(Utf8JsonWriter json, ModelMetadata metadata)
    {
        json.WriteString("architecture", metadata.Architecture);
        GraphCodec.WriteTexts(json, "labels", metadata.Labels);
        if (metadata.Preprocessing is { } preprocessing)
        {
            WritePreprocessing(json, preprocessing);
        }

        json.WriteStartArray("stages");
        foreach (Stage stage in metadata.Stages)
        {
            json.WriteStartObject();
            json.WriteString("name", stage.Name);
            GraphCodec.WriteTexts(json, "scopes", stage.Scopes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("lineage");
        foreach (LineageEntry entry in metadata.Lineage)
        {
            WriteLineage(json, entry);
        }

        json.WriteEndArray();
    }

    public static ModelMetadata Read(StrictObject fields) => new()
    {
        Architecture = fields.Text("architecture"),
        Labels = fields.Texts("labels"),
        Preprocessing = fields.Has("preprocessing") ? ReadPreprocessing(fields.Object("preprocessing")) : null,
        Stages = ValueList.From(fields.Objects("stages").Select(ReadStage)),
        Lineage = ValueList.From(fields.Objects("lineage").Select(ReadLineage)),
    };

    private static void WritePreprocessing(Utf8JsonWriter json, Preprocessing preprocessing)
    {
        json.WriteStartObject("preprocessing");
        if (preprocessing.Resize is { } resize)
        {
            json.WriteNumber("resize", resize);
        }

        if (preprocessing.Crop is { } crop)
        {
            JsonNumbers.Write(json, "crop", [crop.Height, crop.Width]);
        }

        if (preprocessing.Stretch is { } stretch)
        {
            JsonNumbers.Write(json, "stretch", [stretch.Height, stretch.Width]);
        }

        json.WriteString("interpolation", JsonChoice.Name(preprocessing.Interpolation));
        WriteNormalization(json, preprocessing.Normalization);
        json.WriteEndObject();
    }

    /// <summary>Fields with default values are not written, as in files from before these fields existed.</summary>
    private static void WriteNormalization(Utf8JsonWriter json, Normalization normalization)
    {
        WriteFloats(json, "mean", normalization.Mean);
        WriteFloats(json, "standard_deviation", normalization.StandardDeviation);
        if (normalization.Order != default)
        {
            json.WriteString("channel_order", JsonChoice.Name(normalization.Order));
        }

        if (normalization.Range != default)
        {
            json.WriteString("pixel_range", JsonChoice.Name(normalization.Range));
        }

        if (normalization.MeanImage.Count != 0)
        {
            json.WriteBase64String("mean_image", MemoryMarshal.AsBytes(normalization.MeanImage.Items.AsSpan()));
        }
    }

    private static Preprocessing ReadPreprocessing(StrictObject fields)
    {
        var preprocessing = new Preprocessing
        {
            Resize = fields.Has("resize") ? fields.Integer("resize") : null,
            Crop = fields.Has("crop") ? fields.Size("crop") : null,
            Stretch = fields.Has("stretch") ? fields.Size("stretch") : null,
            Interpolation = fields.Choice<Interpolation>("interpolation"),
            Normalization = new Normalization(fields.Floats("mean"), fields.Floats("standard_deviation"))
            {
                Order = fields.Has("channel_order") ? fields.Choice<ChannelOrder>("channel_order") : default,
                Range = fields.Has("pixel_range") ? fields.Choice<PixelRange>("pixel_range") : default,
                MeanImage = fields.Has("mean_image") ? fields.PackedFloats("mean_image") : [],
            },
        };
        fields.End();
        return preprocessing;
    }

    private static Stage ReadStage(StrictObject fields)
    {
        var stage = new Stage(fields.Text("name"), fields.Texts("scopes"));
        fields.End();
        return stage;
    }

    private static void WriteLineage(Utf8JsonWriter json, LineageEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("action", entry.Action);
        json.WriteStartArray("settings");
        foreach ((string name, string value) in entry.Settings)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("value", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("results");
        foreach ((string name, double value) in entry.Results)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            JsonNumbers.Write(json, "value", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static LineageEntry ReadLineage(StrictObject fields)
    {
        string action = fields.Text("action");
        var settings = ValueList.From(fields.Objects("settings").Select(s => Ended(s, new LineageSetting(s.Text("name"), s.Text("value")))));
        var results = ValueList.From(fields.Objects("results").Select(r => Ended(r, new LineageResult(r.Text("name"), r.Number("value")))));
        fields.End();
        return new LineageEntry(action, settings, results);
    }

    private static T Ended<T>(StrictObject fields, T value)
    {
        fields.End();
        return value;
    }

    private static void WriteFloats(Utf8JsonWriter json, string name, ValueList<float> values)
    {
        json.WriteStartArray(name);
        foreach (float value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
