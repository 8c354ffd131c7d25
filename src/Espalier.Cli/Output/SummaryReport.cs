using System.Text.Json;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>Prints what a <see cref="NetworkSummary"/> holds.</summary>
/// <param name="name">The architecture's name, or empty.</param>
/// <param name="summary">The network in figures.</param>
internal sealed class SummaryReport(string name, NetworkSummary summary)
{
    /// <summary>Prints tables and the totals.</summary>
    internal void Print(Terminal terminal, bool nodes, bool stages)
    {
        if (nodes)
        {
            NodeTable().Print(terminal);
        }

        if (stages)
        {
            StageTable().Print(terminal);
        }

        string title = name.Length == 0 ? "network" : name;
        terminal.Out.WriteLine($"{title} at {InputShape}: depth {summary.Depth}, {Amount.Exact(summary.Parameters)} parameters, {Amount.Exact(summary.MultiplyAccumulates)} MACs ({Amount.Short(summary.MultiplyAccumulates)}), {summary.Nodes.Length} nodes");
        if (summary is { NonZeros: long nonZeros, EffectiveMultiplyAccumulates: long effective })
        {
            terminal.Out.WriteLine($"not zero: {Amount.Exact(nonZeros)} parameters ({Share(nonZeros, summary.Parameters)}), {Amount.Exact(effective)} MACs by weights that are not ({Share(effective, summary.MultiplyAccumulates)})");
        }

        if (Forecast is { Blocks: > 0 } forecast)
        {
            DepthForecastReport.Print(terminal.Out, forecast);
        }
    }

    /// <summary>Everything as one JSON object.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("model", name);
        WriteShape(json, "input", InputShape);
        json.WriteNumber("depth", summary.Depth);
        json.WriteNumber("parameters", summary.Parameters);
        json.WriteNumber("macs", summary.MultiplyAccumulates);
        WriteNonZeros(json, summary.NonZeros, summary.EffectiveMultiplyAccumulates);
        if (Forecast is { Blocks: > 0 } forecast)
        {
            DepthForecastReport.Write(json, forecast);
        }

        WriteStages(json);
        WriteNodes(json);
        json.WriteEndObject();
    }

    private StochasticDepthForecast Forecast => StochasticDepthForecast.Of(summary.Graph);

    private Shape InputShape => summary.Graph.ShapeOf(summary.Graph.Input.Name);

    private TablePrinter NodeTable()
    {
        TablePrinter table = new TablePrinter().Text("node").Text("op").Number("output").Number("parameters").Number("MACs").Number("receptive field").Number("stride");
        table = KnowsNumbers ? table.Number("non-zeros").Number("effective MACs") : table;
        foreach (NodeSummary row in summary.Nodes)
        {
            table.Row([row.Node.Name, row.Node.Op.ToString()!, row.Output.ToString(), Count(row.Parameters), Count(row.MultiplyAccumulates), Side(row.ReceptiveField.Field), Side(row.ReceptiveField.Stride), .. NonZeros(row.NonZeros, row.EffectiveMultiplyAccumulates)]);
        }

        return table;
    }

    private TablePrinter StageTable()
    {
        TablePrinter table = new TablePrinter().Text("stage").Number("layers").Number("output").Number("parameters").Number("MACs").Number("receptive field").Number("stride");
        table = KnowsNumbers ? table.Number("non-zeros").Number("effective MACs") : table;
        foreach (StageSummary row in summary.Stages)
        {
            table.Row([row.Name, Count(row.Depth), row.Output.ToString(), Count(row.Parameters), Count(row.MultiplyAccumulates), Side(row.ReceptiveField.Field), Side(row.ReceptiveField.Stride), .. NonZeros(row.NonZeros, row.EffectiveMultiplyAccumulates)]);
        }

        return table;
    }

    private bool KnowsNumbers => summary.NonZeros is not null;

    private static string[] NonZeros(long? parameters, long? macs) => parameters is null ? [] : [Count(parameters.Value), Count(macs!.Value)];

    private static string Share(long part, long whole) => whole == 0 ? "0%" : Amount.Percent((double)part / whole);

    private static string Count(long count) => count == 0 ? "" : Amount.Exact(count);

    private static string Side(Size size) => size.Height == size.Width ? Amount.Exact(size.Height) : size.ToString();

    private void WriteStages(Utf8JsonWriter json)
    {
        json.WriteStartArray("stages");
        foreach (StageSummary row in summary.Stages)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            json.WriteNumber("depth", row.Depth);
            WriteFigures(json, row.Output, row.Parameters, row.MultiplyAccumulates, row.ReceptiveField);
            WriteNonZeros(json, row.NonZeros, row.EffectiveMultiplyAccumulates);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteNodes(Utf8JsonWriter json)
    {
        json.WriteStartArray("nodes");
        foreach (NodeSummary row in summary.Nodes)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Node.Name);
            json.WriteString("op", row.Node.Op.ToString());
            WriteFigures(json, row.Output, row.Parameters, row.MultiplyAccumulates, row.ReceptiveField);
            WriteNonZeros(json, row.NonZeros, row.EffectiveMultiplyAccumulates);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFigures(Utf8JsonWriter json, Shape output, long parameters, long macs, ReceptiveField field)
    {
        WriteShape(json, "output", output);
        json.WriteNumber("parameters", parameters);
        json.WriteNumber("macs", macs);
        WriteSize(json, "receptive_field", field.Field);
        WriteSize(json, "stride", field.Stride);
    }

    private static void WriteNonZeros(Utf8JsonWriter json, long? parameters, long? macs)
    {
        if (parameters is long known)
        {
            json.WriteNumber("non_zeros", known);
            json.WriteNumber("effective_macs", macs!.Value);
        }
    }

    private static void WriteShape(Utf8JsonWriter json, string property, Shape shape)
    {
        json.WriteStartArray(property);
        foreach (int extent in shape)
        {
            json.WriteNumberValue(extent);
        }

        json.WriteEndArray();
    }

    private static void WriteSize(Utf8JsonWriter json, string property, Size size) => WriteShape(json, property, [size.Height, size.Width]);
}
