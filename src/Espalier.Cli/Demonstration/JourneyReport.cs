using System.Text.Json;
using Espalier.Graphs;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>Tells what each step of a journey came to.</summary>
internal static class JourneyReport
{
    private const double Notable = 1.05; // less is the noise of a busy machine

    /// <summary>A table, and a line for each step that made things slower.</summary>
    internal static void Print(Terminal terminal, IReadOnlyList<JourneyStep> steps)
    {
        TablePrinter table = new TablePrinter().Text("step").Number("accuracy").Number("parameters").Number("non-zero").Number("MACs").Number("file").Number("ms").Number("of the first");
        foreach (JourneyStep step in steps)
        {
            ModelFigures figures = step.Figures;
            table.Row(
                step.Name,
                Amount.Percent(figures.Accuracy ?? double.NaN),
                Amount.Exact(figures.Parameters),
                Amount.Exact(figures.NonZeros),
                Amount.Short(figures.MultiplyAccumulates),
                Amount.Bytes(figures.Bytes ?? 0),
                Amount.Fixed(step.Milliseconds, 3),
                Amount.Fixed(100 * step.Milliseconds / steps[0].Milliseconds, 0) + "%");
        }

        terminal.Out.WriteLine();
        table.Print(terminal);
        foreach (string line in Slower(steps))
        {
            terminal.Out.WriteLine($"   {line}");
        }
    }

    /// <summary>Accuracy against time.</summary>
    internal static Chart Chart(IReadOnlyList<JourneyStep> steps) => StepChart.Of(
        "From what trains to what ships",
        "ms for a picture on one thread",
        [.. steps.Select((step, i) => new ChartedStep($"{i + 1} {step.Name}", step.Model.Metadata.Lineage[^1].Action, step.Milliseconds, step.Figures.Accuracy ?? double.NaN))]);

    /// <summary>The same as an array of JSON objects.</summary>
    internal static void Write(Utf8JsonWriter json, IReadOnlyList<JourneyStep> steps)
    {
        json.WriteStartArray("journey");
        foreach (JourneyStep step in steps)
        {
            ModelFigures figures = step.Figures;
            json.WriteStartObject();
            json.WriteString("step", step.Name);
            json.WriteFinite("accuracy", figures.Accuracy ?? double.NaN);
            json.WriteNumber("parameters", figures.Parameters);
            json.WriteNumber("non_zeros", figures.NonZeros);
            json.WriteNumber("macs", figures.MultiplyAccumulates);
            json.WriteNumber("effective_macs", figures.EffectiveMultiplyAccumulates);
            json.WriteNumber("bytes", figures.Bytes ?? 0);
            json.WriteFinite("ms", step.Milliseconds);
            json.WriteString("file", step.File);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static IEnumerable<string> Slower(IReadOnlyList<JourneyStep> steps) => steps.Zip(steps.Skip(1))
        .Where(pair => pair.Second.Milliseconds > Notable * pair.First.Milliseconds)
        .Select(pair => $"'{pair.Second.Name}' made it slower: {Amount.Fixed(pair.Second.Milliseconds, 3)} ms after {Amount.Fixed(pair.First.Milliseconds, 3)} ms.");
}
