using System.CommandLine;
using System.Text.Json;
using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Cli;

/// <summary>Lists the zoo.</summary>
internal sealed class ModelsVerb : Verb
{
    private readonly Option<bool> _json = CommonOptions.Json();

    internal ModelsVerb(CliContext context)
        : base(
            context,
            "models",
            "Lists the networks of the zoo by family, with parameters and multiply-accumulates (MACs) at their usual input.",
            "espalier models",
            "espalier models --json | jq -r '.[] | select(.parameters < 5e6) | .name'") => Add(_json);

    private protected override int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_json))
        {
            Json.Print(Terminal, WriteJson);
        }
        else
        {
            PrintTable();
        }

        return ExitCode.Success;
    }

    private void PrintTable()
    {
        TablePrinter table = new TablePrinter { Keys = 2 }.Text("family").Text("name").Number("input").Number("parameters").Number("MACs").Text("what it is");
        string family = "";
        foreach (ZooEntry entry in Zoo.Entries)
        {
            Context.Cancellation.ThrowIfCancellationRequested();
            NetworkSummary summary = entry.Create().Summarize();
            table.Row(
                entry.Family == family ? "" : entry.Family,
                entry.Name,
                InputOf(summary),
                Amount.Short(summary.Parameters),
                Amount.Short(summary.MultiplyAccumulates),
                entry.Description);
            family = entry.Family;
        }

        table.Print(Terminal);
        Terminal.Out.WriteLine("CIFAR networks exist in any depth of 6n + 2 (9n + 2 with bottlenecks), MobileNets in any width.");
    }

    private void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (ZooEntry entry in Zoo.Entries)
        {
            Context.Cancellation.ThrowIfCancellationRequested();
            NetworkSummary summary = entry.Create().Summarize();
            json.WriteStartObject();
            json.WriteString("name", entry.Name);
            json.WriteString("family", entry.Family);
            json.WriteString("description", entry.Description);
            json.WriteString("input", InputOf(summary));
            json.WriteNumber("parameters", summary.Parameters);
            json.WriteNumber("macs", summary.MultiplyAccumulates);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string InputOf(NetworkSummary summary) => summary.Graph.ShapeOf(summary.Graph.Input.Name).ToString();
}
