using System.Globalization;
using System.Text.Json;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>Prints two models side by side.</summary>
/// <param name="first">The first model.</param>
/// <param name="second">The second one.</param>
/// <param name="structure">In what their networks differ.</param>
/// <param name="comparison">Both run on the same samples, or <see langword="null"/> where that makes no sense.</param>
/// <param name="reason">Why it makes none.</param>
internal sealed class CompareReport(ComparedModel first, ComparedModel second, StructureDifference structure, ModelComparison? comparison, string? reason)
{
    private const int ShownNames = 6;

    /// <summary>A table of figures, the structure, and the outputs.</summary>
    internal void Print(Terminal terminal)
    {
        TablePrinter table = new TablePrinter().Text("").Number(first.Name).Number(second.Name).Number("share");
        table.Row("nodes", Amount.Exact(first.Graph.Nodes.Length), Amount.Exact(second.Graph.Nodes.Length), "");
        table.Row("depth", Amount.Exact(NetworkDepth.Of(first.Graph)), Amount.Exact(NetworkDepth.Of(second.Graph)), "");
        Row(table, "parameters", figures => figures.Parameters);
        Row(table, "non-zeros", figures => figures.NonZeros);
        Row(table, "MACs", figures => figures.MultiplyAccumulates);
        Row(table, "effective MACs", figures => figures.EffectiveMultiplyAccumulates);
        Row(table, "model file", figures => figures.Bytes!.Value);
        if (comparison is { HasAccuracy: true })
        {
            table.Row("top-1", Amount.Percent(comparison.AccuracyBefore!.Accuracy), Amount.Percent(comparison.AccuracyAfter!.Accuracy), "");
        }

        if (first.Figures.Milliseconds is double a && second.Figures.Milliseconds is double b)
        {
            table.Row("ms, one thread", Amount.Fixed(a, 3), Amount.Fixed(b, 3), Amount.Percent(b / a));
        }

        table.Print(terminal);
        PrintStructure(terminal);
        terminal.Out.WriteLine(comparison is null
            ? $"{reason}, so they were not run on the same samples"
            : $"same class on {Amount.Exact(comparison.SameClass)} of {Amount.Exact(comparison.Samples)} samples ({Amount.Percent(comparison.SameClass / (double)comparison.Samples)}); greatest difference {Scientific(comparison.Difference.Maximum)}, {Scientific(comparison.Difference.Relative)} of the greatest output");
    }

    /// <summary>Everything as one JSON object.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        first.Write(json, "a", Top1(comparison?.AccuracyBefore));
        second.Write(json, "b", Top1(comparison?.AccuracyAfter));
        json.WriteStartArray("reshaped");
        foreach ((string node, Shape? a, Shape? b) in structure.Reshaped)
        {
            json.WriteStartObject();
            json.WriteString("node", node);
            json.WriteString("a", a?.ToString());
            json.WriteString("b", b?.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Names(json, "only_in_a", structure.OnlyInFirst);
        Names(json, "only_in_b", structure.OnlyInSecond);
        Names(json, "changed", structure.Changed);
        if (comparison is null)
        {
            json.WriteString("not_compared", reason);
        }
        else
        {
            json.WriteNumber("samples", comparison.Samples);
            json.WriteNumber("same_class", comparison.SameClass);
            json.WriteFinite("maximum_difference", comparison.Difference.Maximum);
            json.WriteFinite("relative_difference", comparison.Difference.Relative);
        }

        json.WriteEndObject();
    }

    private void Row(TablePrinter table, string title, Func<ModelFigures, long> figure)
    {
        (long a, long b) = (figure(first.Figures), figure(second.Figures));
        table.Row(title, Amount.Exact(a), Amount.Exact(b), a == 0 ? "" : Amount.Percent((double)b / a));
    }

    private void PrintStructure(Terminal terminal)
    {
        if (structure.Reshaped.Length > 0)
        {
            TablePrinter table = new TablePrinter().Text("layers of another shape").Number(first.Name).Number(second.Name);
            foreach ((string node, Shape? a, Shape? b) in structure.Reshaped)
            {
                table.Row(node, a?.ToString() ?? "", b?.ToString() ?? "");
            }

            table.Print(terminal);
        }

        Print(terminal, $"only in {first.Name}", structure.OnlyInFirst);
        Print(terminal, $"only in {second.Name}", structure.OnlyInSecond);
        Print(terminal, "other attributes or inputs", structure.Changed);
        if (structure.Reshaped.Length + structure.OnlyInFirst.Length + structure.OnlyInSecond.Length + structure.Changed.Length == 0)
        {
            terminal.Out.WriteLine("the same network");
        }
    }

    private static void Print(Terminal terminal, string title, string[] names)
    {
        if (names.Length > 0)
        {
            terminal.Out.WriteLine($"{title}: {names.Length}: {string.Join(", ", names.Take(ShownNames))}{(names.Length > ShownNames ? ", …" : "")}");
        }
    }

    private static void Names(Utf8JsonWriter json, string name, string[] names)
    {
        json.WriteStartArray(name);
        foreach (string each in names)
        {
            json.WriteStringValue(each);
        }

        json.WriteEndArray();
    }

    private static double? Top1(EvaluationTally? tally) => tally is { Count: > 0 } ? tally.Accuracy : null;

    private static string Scientific(double value) => value.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
