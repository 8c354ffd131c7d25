using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Writes the figures, the stages and the nodes of a report's model, under the names that <c>summary --json</c> has for them.</summary>
internal static class NetworkJson
{
    internal static void Write(Utf8JsonWriter json, NamedModel named)
    {
        Model model = named.Model;
        var summary = new NetworkSummary(model);
        json.WriteString("name", named.Name);
        json.WriteString("architecture", model.Metadata.Architecture);
        json.Extents("input", model.Graph.ShapeOf(model.Graph.Input.Name));
        json.WriteStartArray("outputs");
        foreach (string output in model.Graph.Outputs)
        {
            WriteExtents(json, model.Graph.ShapeOf(output));
        }

        json.WriteEndArray();
        json.WriteNumber("depth", summary.Depth);
        json.WriteNumber("parameters", summary.Parameters);
        json.WriteNumber("macs", summary.MultiplyAccumulates);
        json.Count("non_zeros", summary.NonZeros);
        json.Count("effective_macs", summary.EffectiveMultiplyAccumulates);
        json.Count("parameter_bytes", summary.ParameterBytes);
        json.Number("bits_per_parameter", summary.BitsPerParameter);
        json.WriteNumber("file_bytes", ModelFile.SizeOf(model));
        json.Number("ms", named.Timings?.Milliseconds);
        json.Number("other_ms", named.Timings?.OtherMilliseconds);
        json.Texts("labels", model.Metadata.Labels);
        WritePreprocessing(json, model.Metadata.Preprocessing);
        WriteStages(json, summary, model.Metadata.Stages, named.Timings);
        WriteNodes(json, summary, model, named.Timings);
    }

    private static void WritePreprocessing(Utf8JsonWriter json, Preprocessing? preprocessing)
    {
        if (preprocessing is null)
        {
            json.WriteNull("preprocessing");
            return;
        }

        json.WriteStartObject("preprocessing");
        json.Count("resize", preprocessing.Resize);
        json.Sides("stretch", preprocessing.Stretch);
        json.Sides("crop", preprocessing.Crop);
        json.WriteString("interpolation", Word(preprocessing.Interpolation));
        WriteFloats(json, "mean", preprocessing.Normalization.Mean);
        WriteFloats(json, "deviation", preprocessing.Normalization.StandardDeviation);
        json.WriteString("channel_order", Word(preprocessing.Normalization.Order));
        json.WriteString("pixel_range", Word(preprocessing.Normalization.Range));
        json.WriteBoolean("mean_image", preprocessing.Normalization.MeanImage.Count > 0);
        json.WriteEndObject();
    }

    private static void WriteStages(Utf8JsonWriter json, NetworkSummary summary, ValueList<Stage> stages, StepTimings? timings)
    {
        json.WriteStartArray("stages");
        foreach (StageSummary row in summary.Stages)
        {
            Stage stage = stages.FirstOrDefault(each => each.Name == row.Name) ?? new Stage(row.Name, [row.Name]);
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            json.WriteNumber("depth", row.Depth);
            WriteFigures(json, row.Output, row.Parameters, row.MultiplyAccumulates, row.ReceptiveField, row.NonZeros, row.EffectiveMultiplyAccumulates);
            json.Number("ms", timings?.Nodes.Where(node => stage.Contains(node.Key)).Sum(node => node.Value.Milliseconds));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNodes(Utf8JsonWriter json, NetworkSummary summary, Model model, StepTimings? timings)
    {
        Dictionary<string, int> places = model.Graph.Nodes.Index().ToDictionary(node => node.Item.Name, node => node.Index, StringComparer.Ordinal);
        json.WriteStartArray("nodes");
        foreach (NodeSummary row in summary.Nodes)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Node.Name);
            json.WriteString("kind", row.Node.Op.Kind);
            json.WriteString("op", row.Node.Op.ToString());
            json.Integers("inputs", [.. row.Node.Inputs.Select(input => places[input])]);
            WriteFigures(json, row.Output, row.Parameters, row.MultiplyAccumulates, row.ReceptiveField, row.NonZeros, row.EffectiveMultiplyAccumulates);
            if (row.Parameters > 0)
            {
                json.WriteNumber("parameter_bytes", Bytes(model, row.Node));
            }

            WeightZeros.Write(json, model, row.Node);
            if (timings?.Nodes.TryGetValue(row.Node.Name, out NodeTiming timing) == true)
            {
                Write(json, timing, places);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, NodeTiming timing, Dictionary<string, int> places)
    {
        if (timing.FusedInto is string into)
        {
            json.WriteNumber("fused_into", places[into]);
        }
        else
        {
            json.Number("ms", timing.Milliseconds);
            json.WriteString("kernel", timing.Kernel);
        }
    }

    private static void WriteFigures(Utf8JsonWriter json, Shape output, long parameters, long macs, ReceptiveField field, long? nonZeros, long? effective)
    {
        json.Extents("output", output);
        json.WriteNumber("parameters", parameters);
        json.WriteNumber("macs", macs);
        json.Sides("receptive_field", field.Field);
        json.Sides("stride", field.Stride);
        json.Count("non_zeros", nonZeros);
        json.Count("effective_macs", effective);
    }

    /// <summary>Bytes of a node's trainable parameters in the types in which they are stored.</summary>
    private static long Bytes(Model model, Node node) => node.Op.Parameters.Index()
        .Where(spec => !spec.Item.IsBuffer)
        .Select(spec => model.Parameters[node.Parameters[spec.Index]].Value)
        .Sum(value => value.Shape.Count * value.Type.Size());

    private static void WriteExtents(Utf8JsonWriter json, Shape shape)
    {
        json.WriteStartArray();
        foreach (int extent in shape.Extents)
        {
            json.WriteNumberValue(extent);
        }

        json.WriteEndArray();
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

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
