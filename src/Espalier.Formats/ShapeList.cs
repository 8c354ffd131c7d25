using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>A JSON file beside a state_dict that describes its network, for pruned networks whose shapes the architecture's name does not determine.</summary>
/// <remarks>
/// A network from which channels or blocks were removed cannot be built from its architecture's name. The file lists every parameter's shape and
/// every layer with its attributes, under PyTorch's names, so that Python can also build the modules.
/// </remarks>
internal static class ShapeList
{
    /// <summary>The file's extension, which replaces that of the checkpoint: <c>pruned.pth</c> and <c>pruned.shapes.json</c>.</summary>
    public const string Extension = ".shapes.json";

    // Incremented with every change of the format that readers of the previous version would misread.
    private const int Version = 1;
    private const string Root = "shape list";

    /// <summary>The path of a checkpoint's shape list.</summary>
    public static string PathBeside(string checkpoint) => Path.ChangeExtension(checkpoint, null) + Extension;

    /// <summary>Writes a network's shape list, atomically.</summary>
    /// <exception cref="EspalierException">The file cannot be written; an existing file stays unchanged.</exception>
    public static void Write(string path, NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(network);
        AtomicFile.Write(path, stream => Write(stream, network));
    }

    /// <summary>Reads the network that a shape list describes.</summary>
    /// <exception cref="MalformedInputException">The file is not a shape list, contradicts itself or exceeds the limits.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static NetworkDefinition Read(string path, Limits? limits = null)
    {
        Limits chosen = limits ?? Limits.Default;
        using ByteSource source = ByteSource.Open(path, chosen with { FileBytes = Math.Min(chosen.FileBytes, chosen.HeaderBytes) });
        try
        {
            byte[] bytes = new byte[(int)source.Length];
            source.Read(0, bytes);
            return Utf8.IsValid(bytes)
                ? StrictJson.Read(Encoding.UTF8.GetString(bytes), source.Name, Root, chosen, fields => Read(fields, chosen))
                : throw source.Malformed(0, "not a shape list: it is not UTF-8");
        }
        catch (IOException error)
        {
            throw FileErrors.Unreadable(path, error);
        }
    }

    private static void Write(Stream stream, NetworkDefinition network)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true });
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        MetadataCodec.Write(json, network.Metadata);
        json.WriteStartObject("parameters");
        foreach ((string name, ParameterSpec parameter) in network.Graph.Parameters)
        {
            JsonNumbers.Write(json, name, parameter.Shape.Extents.AsSpan());
        }

        json.WriteEndObject();
        json.WritePropertyName("graph");
        GraphCodec.Write(json, network.Graph);
        json.WriteEndObject();
    }

    private static NetworkDefinition Read(StrictObject fields, in Limits limits)
    {
        if (fields.Integer("version") is var version and not Version)
        {
            throw fields.Error($"is of format version {version}; this Espalier reads version {Version}");
        }

        ModelMetadata metadata = MetadataCodec.Read(fields);
        StrictObject parameters = fields.Object("parameters");
        Graph graph = GraphCodec.Read(fields.Object("graph"), limits);
        foreach ((string name, ParameterSpec parameter) in graph.Parameters)
        {
            if (parameters.Shape(name) is var listed && listed != parameter.Shape)
            {
                throw parameters.Error($"gives '{PickleText.Clean(name)}' the shape {listed}, but its layer needs {parameter.Shape}");
            }
        }

        parameters.End();
        fields.End();
        return new NetworkDefinition(graph, metadata);
    }
}
