using System.Globalization;
using System.Text.Json;
using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>Prints what a fold did.</summary>
internal static class FoldOutput
{
    private const int ShownRanges = 5;
    private const double Notable = 256; // beyond it a channel has no 8-bit weight but zero

    /// <summary>Every merge and every refusal, and what to beware of.</summary>
    internal static void Print(Terminal terminal, FoldingReport report, IReadOnlyList<Refusal> residuals)
    {
        Section(terminal, "merged", report.Merges.Select(merge => merge.ToString()));
        Section(terminal, "left alone", report.Refusals.Select(refusal => refusal.ToString()).Concat(residuals.Select(refusal => $"{refusal.Node}: its shortcut stays: {refusal.Reason}")));
        if (report.Merges.Count(merge => merge.Zeros is { FillsIn: true }) is var filled and > 0)
        {
            terminal.Warn($"zeros of masks filled in where {filled} layers were merged, because their branches do not share them; weights of blocks that are to be folded are best pruned in all branches together (prune --branches)");
        }

        Section(terminal, "ill-conditioned norms", report.IllConditioned.Select(norm => norm.ToString()));
        WeightRange[] ranges = [.. WeightRange.Of(report.After).Take(ShownRanges)];
        TablePrinter table = new TablePrinter().Text("weight ranges (worst)").Number("greatest").Number("least").Number("ratio").Text("channels");
        foreach (WeightRange range in ranges)
        {
            table.Row(range.Node, Figures(range.Greatest), Figures(range.Least), Amount.Fixed(range.Ratio, 1) + (range.Ratio > Notable ? " !" : ""), Channels(range));
        }

        if (ranges.Length > 0)
        {
            table.Print(terminal);
        }
    }

    /// <summary>The same as properties of a JSON object.</summary>
    internal static void Write(Utf8JsonWriter json, FoldingReport report, IReadOnlyList<Refusal> residuals)
    {
        WriteMerges(json, report);
        json.WriteStartArray("refusals");
        foreach ((string node, string rule, string reason) in report.Refusals.Select(refusal => (refusal.Node, refusal.Rule.ToString(), refusal.Reason)).Concat(residuals.Select(refusal => (refusal.Node, "Residual", refusal.Reason))))
        {
            json.WriteStartObject();
            json.WriteString("node", node);
            json.WriteString("rule", rule);
            json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("ill_conditioned");
        foreach (IllConditionedNorm norm in report.IllConditioned)
        {
            json.WriteStartObject();
            json.WriteString("node", norm.Node);
            json.WriteNumber("channels", norm.Channels);
            json.WriteFinite("smallest_variance", norm.SmallestVariance);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteRanges(json, report.After);
    }

    private static void WriteMerges(Utf8JsonWriter json, FoldingReport report)
    {
        json.WriteStartArray("merges");
        foreach (FoldedRegion merge in report.Merges)
        {
            json.WriteStartObject();
            WriteTexts(json, "nodes", merge.Nodes);
            json.WriteString("source", merge.Source);
            json.WriteString("into", merge.Into);
            WriteTexts(json, "transforms", merge.Transforms.Select(transform => transform.ToString()));
            json.WriteNumber("operations_before", merge.Before.Operations);
            json.WriteNumber("operations", merge.After.Operations);
            json.WriteNumber("weight_bytes_before", merge.Before.Bytes);
            json.WriteNumber("weight_bytes", merge.After.Bytes);
            if (merge.Zeros is MergedZeros zeros)
            {
                json.WriteNumber("masked_weights", zeros.Masked);
                json.WriteNumber("zeros", zeros.Left);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRanges(Utf8JsonWriter json, Model model)
    {
        json.WriteStartArray("weight_ranges");
        foreach (WeightRange range in WeightRange.Of(model))
        {
            json.WriteStartObject();
            json.WriteString("node", range.Node);
            json.WriteFinite("greatest", range.Greatest);
            json.WriteFinite("least", range.Least);
            json.WriteFinite("ratio", range.Ratio);
            json.WriteNumber("zero_channels", range.ZeroChannels);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Figures(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    private static string Channels(WeightRange range) =>
        range.WorstChannels + (range.ZeroChannels == 0 ? "" : $" ({range.ZeroChannels} all zero)");

    private static void Section(Terminal terminal, string title, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        if (all.Length == 0)
        {
            return;
        }

        terminal.Out.WriteLine(title);
        foreach (string line in all)
        {
            terminal.Out.WriteLine($"  {line}");
        }

        terminal.Out.WriteLine();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
