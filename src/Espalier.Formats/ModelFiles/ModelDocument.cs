using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>The JSON text in a model file's header: everything about a model but the values of its parameters.</summary>
/// <param name="Graph">The network.</param>
/// <param name="Metadata">The model's metadata.</param>
/// <param name="Frozen">The parameters that training does not change.</param>
/// <param name="Masked">The parameters that have a pruning mask.</param>
internal sealed record ModelDocument(Graph Graph, ModelMetadata Metadata, IReadOnlyList<string> Frozen, IReadOnlyList<string> Masked)
{
    private const string CompactField = "compact";

    /// <summary>The parameters stored without their zeros; for masked ones the stored bits are the mask.</summary>
    public IReadOnlyList<CompactTensor> Compact { get; init; } = [];

    /// <summary>The format's version, incremented with every change that readers of the previous version would misread.</summary>
    public const int Version = 1;

    private const string Path = "model";

    public string Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        MetadataCodec.Write(json, Metadata);
        json.WritePropertyName("graph");
        GraphCodec.Write(json, Graph);
        GraphCodec.WriteTexts(json, "frozen", Frozen);
        GraphCodec.WriteTexts(json, "masked", Masked);
        if (Compact.Count > 0)
        {
            json.WriteStartArray(CompactField);
            foreach (CompactTensor tensor in Compact)
            {
                tensor.Write(json);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static ModelDocument Read(string text, string source, Limits limits) =>
        StrictJson.Read(text, source, Path, limits, fields => Read(fields, limits));

    private static ModelDocument Read(StrictObject fields, in Limits limits)
    {
        if (fields.Integer("version") is var version and not Version)
        {
            throw fields.Error($"is of format version {version}; this Espalier reads version {Version}");
        }

        ModelMetadata metadata = MetadataCodec.Read(fields);
        Graph graph = GraphCodec.Read(fields.Object("graph"), limits);
        var document = new ModelDocument(graph, metadata, fields.Texts("frozen"), fields.Texts("masked"))
        {
            Compact = fields.Has(CompactField) ? [.. fields.Objects(CompactField).Select(CompactTensor.Read)] : [],
        };
        fields.End();
        return document;
    }
}
