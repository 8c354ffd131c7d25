using System.Globalization;
using System.Text.Json;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>What a removal of blocks did.</summary>
internal sealed class BlockPruningOutcome(PruningResult pruning) : PruneOutcome
{
    /// <inheritdoc/>
    internal override void Print(Terminal terminal)
    {
        if (pruning.Ranking.IsEmpty)
        {
            terminal.Out.WriteLine($"removed {string.Join(", ", pruning.RemovedBlocks)}");
            terminal.Out.WriteLine();
            return;
        }

        TablePrinter table = new TablePrinter().Text("block").Number("score").Text("");
        foreach (BlockScore row in pruning.Ranking)
        {
            table.Row(row.Unit.Scope, row.Score.ToString("G4", CultureInfo.InvariantCulture), pruning.RemovedBlocks.Contains(row.Unit.Scope) ? "removed" : "");
        }

        table.Print(terminal);
    }

    /// <inheritdoc/>
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("removed");
        foreach (string scope in pruning.RemovedBlocks)
        {
            json.WriteStringValue(scope);
        }

        json.WriteEndArray();
        json.WriteStartArray("ranking");
        foreach (BlockScore row in pruning.Ranking)
        {
            json.WriteStartObject();
            json.WriteString("block", row.Unit.Scope);
            json.WriteFinite("score", row.Score);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
