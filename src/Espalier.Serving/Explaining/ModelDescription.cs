using System.Text.Json;
using Espalier.Formats;

namespace Espalier.Serving;

/// <summary>Writes what the page has to know about a model: its figures, and the nodes whose feature maps it can show.</summary>
internal static class ModelDescription
{
    /// <summary>The description as the bytes of a JSON object.</summary>
    internal static byte[] Of(ModelLocation location, Model model) => JsonAnswer.Of(json => Write(json, location, model)).ToArray();

    private static void Write(Utf8JsonWriter json, ModelLocation location, Model model)
    {
        Model sized = model.Metadata.Preprocessing is null ? model : model.WithInput(Data.InputPipeline.Of(model).Shape);
        Graph graph = sized.Graph;
        var summary = new NetworkSummary(sized);
        json.WriteString("name", location.Name);
        json.WriteNumber("version", location.Version);
        json.WriteString("architecture", model.Metadata.Architecture);
        json.WriteBoolean("photos", model.Metadata.Preprocessing is not null);
        json.Extents("input", graph.ShapeOf(graph.Input.Name));
        json.WriteNumber("classes", graph.ShapeOf(graph.Outputs[0]).Count);
        json.WriteNumber("parameters", summary.Parameters);
        json.Count("non_zeros", summary.NonZeros);
        json.WriteNumber("macs", summary.MultiplyAccumulates);
        json.WriteNumber("file_bytes", ModelFile.SizeOf(model));
        WriteNodes(json, graph);
    }

    private static void WriteNodes(Utf8JsonWriter json, Graph graph)
    {
        IReadOnlyDictionary<string, ReceptiveField> fields = ReceptiveField.Of(graph);
        json.WriteStartArray("nodes");
        foreach (Node node in graph.Nodes.Where(node => node.Op is not (Input or Dropout) && ExplainedNetwork.IsSpatial(graph, node.Name)))
        {
            Shape shape = graph.ShapeOf(node.Name);
            json.WriteStartObject();
            json.WriteString("name", node.Name);
            json.WriteString("kind", node.Op.Kind);
            json.WriteNumber("channels", shape[0]);
            json.Sides("size", new Size(shape[1], shape[2]));
            json.Sides("field", fields[node.Name].Field);
            json.Sides("stride", fields[node.Name].Stride);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
