using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Onnx.Proto;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>A model's metadata in the metadata_props of an ONNX file: the fields of a model file's JSON, each under its own key.</summary>
/// <remarks>
/// <c>architecture</c> is plain text; <c>labels</c>, <c>preprocessing</c>, <c>stages</c> and <c>lineage</c> are JSON as in a model file; what is empty is left out. The key
/// <c>espalier</c> has the version of this layout: without it, keys of these names are another tool's.
/// </remarks>
internal static class OnnxMetadata
{
    /// <summary>The key of the version.</summary>
    internal const string VersionKey = "espalier";

    /// <summary>The key that says what part of the preprocessing the graph computes: <c>normalization</c>.</summary>
    internal const string InGraphKey = "preprocessing_in_graph";

    private const string Version = "1";
    private const string Architecture = "architecture";
    private const string Empty = "[]";

    private static readonly string[] s_lists = ["labels", "stages", "lineage"];
    private static readonly string[] s_json = [.. s_lists, "preprocessing"];

    /// <summary>The entries for a model's metadata.</summary>
    internal static IEnumerable<StringStringEntryProto> Write(ModelMetadata metadata)
    {
        using JsonDocument json = JsonDocument.Parse(Json(metadata));
        yield return Entry(VersionKey, Version);
        foreach (JsonProperty field in json.RootElement.EnumerateObject())
        {
            string value = field.Name == Architecture ? field.Value.GetString()! : field.Value.GetRawText();
            if (value.Length > 0 && value != Empty)
            {
                yield return Entry(field.Name, value);
            }
        }
    }

    /// <summary>The entries of a graph that takes pixels: what it computes of the preprocessing, and in words what is left to do before.</summary>
    internal static IEnumerable<StringStringEntryProto> WritePixelInput(Model model)
    {
        Shape input = model.Graph.ShapeOf(model.Graph.Input.Name);
        Preprocessing preprocessing = model.Metadata.Preprocessing ?? new();
        string resized = preprocessing.Resize is int side ? string.Create(CultureInfo.InvariantCulture, $"the shorter side resized to {side} ({Filter(preprocessing)}), ")
            : preprocessing.Stretch is Size size ? $"resized to {size} ({Filter(preprocessing)}), "
            : "";
        string cropped = preprocessing.Crop is Size crop ? $"{crop} cropped at the centre, " : "";
        yield return Entry(InGraphKey, "normalization");
        yield return Entry("input", string.Create(
            CultureInfo.InvariantCulture,
            $"uint8 {(input[0] == 1 ? "gray" : "RGB")} pixels [batch, {input[1]}, {input[2]}, {input[0]}]: {resized}{cropped}0 to 255"));
    }

    /// <summary>The metadata of a file that Espalier has written; <see langword="null"/> for other files.</summary>
    /// <param name="file">The file.</param>
    /// <param name="source">The name that error messages use for the file.</param>
    /// <param name="limits">Limits, of which the nesting depth applies here.</param>
    /// <exception cref="MalformedInputException">The entries are of another version, occur twice, or are not what they should be.</exception>
    internal static ModelMetadata? Read(ModelProto file, string source, in Limits limits)
    {
        Dictionary<string, string> entries = new(StringComparer.Ordinal);
        foreach (StringStringEntryProto entry in file.MetadataProps)
        {
            if (!entries.TryAdd(entry.Key, entry.Value))
            {
                throw new MalformedInputException(source, null, $"the metadata has '{PickleText.Clean(entry.Key)}' twice");
            }
        }

        return !entries.TryGetValue(VersionKey, out string? version) ? null
            : version == Version ? StrictJson.Read(Json(entries), source, "metadata", limits, Read)
            : throw new MalformedInputException(source, null, $"the metadata is of version '{PickleText.Clean(version)}'; this Espalier reads version {Version}");
    }

    private static ModelMetadata Read(StrictObject fields)
    {
        ModelMetadata metadata = MetadataCodec.Read(fields);
        fields.End();
        return metadata;
    }

    /// <summary>The fields as one object again; where a value is not JSON, neither is the object.</summary>
    private static string Json(Dictionary<string, string> entries)
    {
        string architecture = JsonEncodedText.Encode(entries.GetValueOrDefault(Architecture, ""), JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        var json = new StringBuilder($$"""{"{{Architecture}}":"{{architecture}}" """);
        foreach (string key in s_json)
        {
            if (entries.TryGetValue(key, out string? value) || s_lists.Contains(key))
            {
                json.Append(CultureInfo.InvariantCulture, $",\"{key}\":{value ?? Empty}");
            }
        }

        return json.Append('}').ToString();
    }

    private static string Json(ModelMetadata metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        MetadataCodec.Write(json, metadata);
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Filter(Preprocessing preprocessing) => preprocessing.Interpolation.ToString().ToLowerInvariant();

    private static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };
}
