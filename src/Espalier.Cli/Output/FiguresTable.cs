using System.Text.Json;
using Espalier.Graphs;

namespace Espalier.Cli;

/// <summary>Figures of models beside each other: before, after, and what lies between.</summary>
internal static class FiguresTable
{
    /// <summary>Prints a row for each; accuracy and time only where one of them has it.</summary>
    internal static void Print(Terminal terminal, IReadOnlyList<(string Title, ModelFigures Figures)> rows)
    {
        bool hasAccuracy = rows.Any(row => row.Figures.Accuracy is not null);
        bool hasTime = rows.Any(row => row.Figures.Milliseconds is not null);
        TablePrinter table = new TablePrinter().Text("").Number("parameters").Number("non-zeros").Number("MACs").Number("effective MACs").Number("bytes");
        table = hasAccuracy ? table.Number("accuracy") : table;
        table = hasTime ? table.Number("ms") : table;
        foreach ((string title, ModelFigures figures) in rows)
        {
            List<string> cells =
            [
                title, Amount.Exact(figures.Parameters), Amount.Exact(figures.NonZeros), Amount.Exact(figures.MultiplyAccumulates), Amount.Exact(figures.EffectiveMultiplyAccumulates),
                figures.Bytes is long bytes ? Amount.Exact(bytes) : "",
            ];
            cells.AddRange(hasAccuracy ? [figures.Accuracy is double accuracy ? Amount.Percent(accuracy) : ""] : []);
            cells.AddRange(hasTime ? [figures.Milliseconds is double time ? Amount.Fixed(time, 3) : ""] : []);
            table.Row(cells);
        }

        table.Print(terminal);
    }

    /// <summary>Writes them as an array called <c>steps</c>.</summary>
    internal static void Write(Utf8JsonWriter json, IReadOnlyList<(string Title, ModelFigures Figures)> rows)
    {
        json.WriteStartArray("steps");
        foreach ((string title, ModelFigures figures) in rows)
        {
            json.WriteStartObject();
            json.WriteString("step", title);
            json.WriteNumber("parameters", figures.Parameters);
            json.WriteNumber("non_zeros", figures.NonZeros);
            json.WriteNumber("macs", figures.MultiplyAccumulates);
            json.WriteNumber("effective_macs", figures.EffectiveMultiplyAccumulates);
            WriteKnown(json, "bytes", figures.Bytes);
            WriteKnown(json, "accuracy", figures.Accuracy);
            WriteKnown(json, "ms", figures.Milliseconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteKnown(Utf8JsonWriter json, string name, double? value)
    {
        if (value is double known)
        {
            json.WriteFinite(name, known);
        }
    }
}
