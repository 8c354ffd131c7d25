using System.Globalization;
using System.Text.Json;
using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>Prints two networks' figures and how far their outputs are apart.</summary>
internal sealed class ComparisonReport(Model before, Model after, ModelComparison comparison)
{
    /// <summary>Sizes before and after, and the difference of the outputs.</summary>
    internal void Print(Terminal terminal)
    {
        TablePrinter table = new TablePrinter().Text("").Number("nodes").Number("parameters").Number("MACs").Number("weights").Number("operations");
        Row(table, "before", before);
        Row(table, "after", after);
        table.Print(terminal);
        terminal.Out.WriteLine($"same class on {Amount.Exact(comparison.SameClass)} of {Amount.Exact(comparison.Samples)} samples; greatest difference {Scientific(comparison.Difference.Maximum)}, {Scientific(comparison.Difference.Relative)} of the greatest output");
        if (comparison.HasAccuracy)
        {
            terminal.Out.WriteLine($"top-1 before {Accuracy(comparison.AccuracyBefore!)}, after {Accuracy(comparison.AccuracyAfter!)}");
        }
    }

    /// <summary>The same as properties of a JSON object.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        Write(json, "before", before);
        Write(json, "after", after);
        json.WriteStartObject("verify");
        json.WriteNumber("samples", comparison.Samples);
        json.WriteNumber("same_class", comparison.SameClass);
        json.WriteFinite("maximum_difference", comparison.Difference.Maximum);
        json.WriteFinite("relative_difference", comparison.Difference.Relative);
        if (comparison.HasAccuracy)
        {
            json.WriteNumber("top1_before", comparison.AccuracyBefore!.Top1Correct);
            json.WriteNumber("top1_after", comparison.AccuracyAfter!.Top1Correct);
        }

        json.WriteEndObject();
    }

    /// <summary>A line of lineage with what this verification adds to it.</summary>
    internal LineageEntry Complete(LineageEntry entry) =>
        entry with { Results = entry.Results.Add(new("verified_samples", comparison.Samples)).Add(new("same_class", comparison.SameClass)) };

    /// <summary>The share of images that the network after was right about, or <see langword="null"/> where classes are not known.</summary>
    internal double? AccuracyAfter => comparison.HasAccuracy ? comparison.AccuracyAfter!.Accuracy : null;

    /// <summary>The network after with the lineage of the one before, which gets the accuracy measured here unless it knows its own, and one more step.</summary>
    /// <param name="changed">The network after.</param>
    /// <param name="begun">The network before, with figures at the last step of its lineage.</param>
    /// <param name="entry">What was done.</param>
    internal Model Continue(Model changed, Model begun, LineageEntry entry)
    {
        ModelFigures figures = begun.LastFigures()!.Value;
        double? accuracy = comparison.HasAccuracy ? comparison.AccuracyBefore!.Accuracy : null;
        Model known = begun.WithFigures(figures with { Accuracy = figures.Accuracy ?? accuracy });
        return changed.With(known.Metadata.After(entry));
    }

    private static void Row(TablePrinter table, string title, Model model)
    {
        var summary = new NetworkSummary(model.Graph);
        MergeCost cost = MergeCost.Of(model.Graph, model.Graph.Nodes);
        table.Row(title, Amount.Exact(model.Graph.Nodes.Length), Amount.Exact(summary.Parameters), Amount.Exact(summary.MultiplyAccumulates), Amount.Bytes(cost.Bytes), Amount.Exact(cost.Operations));
    }

    private static void Write(Utf8JsonWriter json, string name, Model model)
    {
        var summary = new NetworkSummary(model.Graph);
        MergeCost cost = MergeCost.Of(model.Graph, model.Graph.Nodes);
        json.WriteStartObject(name);
        json.WriteNumber("nodes", model.Graph.Nodes.Length);
        json.WriteNumber("parameters", summary.Parameters);
        json.WriteNumber("macs", summary.MultiplyAccumulates);
        json.WriteNumber("weight_bytes", cost.Bytes);
        json.WriteNumber("operations", cost.Operations);
        json.WriteEndObject();
    }

    private static string Accuracy(EvaluationTally tally) => $"{Amount.Percent(tally.Accuracy)} ({Amount.Exact(tally.Top1Correct)} right)";

    private static string Scientific(double value) => value.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
