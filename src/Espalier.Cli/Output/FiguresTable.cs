using Espalier.Graphs;

namespace Espalier.Cli;

/// <summary>Figures of models beside each other: before, after, and what lies between.</summary>
internal static class FiguresTable
{
    /// <summary>A row for each; accuracy and time are printed only where one of them has it.</summary>
    internal static ReportTable Of(IEnumerable<(string Title, ModelFigures Figures)> rows) => ReportTable.Of(rows)
        .Text("", "step", row => row.Title)
        .Count("parameters", "parameters", row => row.Figures.Parameters)
        .Count("non-zeros", "non_zeros", row => row.Figures.NonZeros)
        .Count("MACs", "macs", row => row.Figures.MultiplyAccumulates)
        .Count("effective MACs", "effective_macs", row => row.Figures.EffectiveMultiplyAccumulates)
        .Count("bytes", "bytes", row => row.Figures.Bytes)
        .Measure("accuracy", "accuracy", row => row.Figures.Accuracy, Amount.Percent, isOptional: true)
        .Measure("ms", "ms", row => row.Figures.Milliseconds, time => Amount.Fixed(time, 3), isOptional: true);

    internal static void Print(Terminal terminal, IReadOnlyList<(string Title, ModelFigures Figures)> rows) => Of(rows).Print(terminal);

    internal static void Write(System.Text.Json.Utf8JsonWriter json, IReadOnlyList<(string Title, ModelFigures Figures)> rows)
    {
        json.WritePropertyName("steps");
        Of(rows).Data.Write(json);
    }
}
