using System.Globalization;
using System.Text.Json;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>What a removal of channels did.</summary>
internal sealed class ChannelPruningOutcome(PruningResult pruning, ChannelPruning request) : PruneOutcome
{
    /// <inheritdoc/>
    internal override void Print(Terminal terminal)
    {
        TablePrinter table = new TablePrinter().Text("group").Number("channels").Number("left").Number("share");
        foreach (ChannelWidth row in pruning.Widths)
        {
            table.Row(row.Group, Amount.Exact(row.Before), Amount.Exact(row.After), Amount.Percent((double)row.After / row.Before));
        }

        table.Print(terminal);
        terminal.Out.WriteLine($"{Amount.Exact(pruning.RemovedChannels.Length)} channels removed: an amount of {pruning.Amount.ToString("0.####", CultureInfo.InvariantCulture)}");
        if (pruning.Carried > 0)
        {
            terminal.Out.WriteLine($"{Amount.Exact(pruning.Carried)} of them had filters of zeros only; what they still computed went into the biases behind them");
        }

        foreach (Refusal refusal in pruning.Refusals)
        {
            terminal.Warn($"{refusal.Node}: {refusal.Reason}; it went without a trace");
        }

        if (!pruning.RemovedAnything && pruning.Amount > 0)
        {
            terminal.Out.WriteLine($"nothing went: --round-to {request.RoundTo} and --min-width {request.MinimumWidth} keep every group at its width; a smaller --round-to would let channels go");
        }
    }

    /// <inheritdoc/>
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("groups");
        foreach (ChannelWidth row in pruning.Widths)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Group);
            json.WriteNumber("before", row.Before);
            json.WriteNumber("after", row.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("amount", pruning.Amount);
        json.WriteNumber("removed", pruning.RemovedChannels.Length);
        json.WriteNumber("carried", pruning.Carried);
        json.WriteStartArray("refusals");
        foreach (Refusal refusal in pruning.Refusals)
        {
            json.WriteStringValue(refusal.ToString());
        }

        json.WriteEndArray();
    }
}
