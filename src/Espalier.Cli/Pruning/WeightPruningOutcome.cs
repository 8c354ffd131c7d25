using System.Text.Json;
using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>What a pruning of weights did.</summary>
internal sealed class WeightPruningOutcome(PruningResult report) : PruneOutcome
{
    /// <inheritdoc/>
    internal override void Print(Terminal terminal)
    {
        if (report.Parameters.IsEmpty)
        {
            return;
        }

        TablePrinter table = new TablePrinter().Text("parameter").Text("shape").Number("weights").Number("removed before").Number("removed").Number("share");
        foreach (PrunedParameter row in report.Parameters)
        {
            table.Row(row.Name, row.Shape.ToString(), Amount.Exact(row.Shape.Count), Amount.Exact(row.Before), Amount.Exact(row.Removed), Amount.Percent(row.Sparsity));
        }

        table.Print(terminal);
    }

    /// <inheritdoc/>
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("parameters");
        foreach (PrunedParameter row in report.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            json.WriteString("shape", row.Shape.ToString());
            json.WriteNumber("weights", row.Shape.Count);
            json.WriteNumber("removed_before", row.Before);
            json.WriteNumber("removed", row.Removed);
            json.WriteNumber("sparsity", row.Sparsity);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("non_zeros_before", NonZeros.Of(report.Before));
        json.WriteNumber("non_zeros", NonZeros.Of(report.Model));
    }
}
