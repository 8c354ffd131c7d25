using System.Text.Json;
using Espalier.Graphs;
using Espalier.Training;

namespace Espalier;

/// <summary>Writes the steps that produced a report's model, and their chart.</summary>
internal static class LedgerJson
{
    internal static void Write(Utf8JsonWriter json, NamedModel named)
    {
        IReadOnlyList<LedgerStep> steps = named.Model.History();
        json.WriteStartArray("ledger");
        foreach (LedgerStep step in steps)
        {
            Write(json, step);
        }

        json.WriteEndArray();
        json.WriteString("ledger_chart", steps.ToChart("Accuracy after each step") is Chart chart ? ChartDrawing.Draw(chart) : null);
    }

    private static void Write(Utf8JsonWriter json, LedgerStep step)
    {
        json.WriteStartObject();
        json.WriteNumber("number", step.Number);
        json.WriteString("action", step.Entry.Action);
        json.WriteString("details", step.Details);
        json.WriteStartArray("settings");
        foreach (LineageSetting setting in step.Entry.Settings)
        {
            json.WriteStartObject();
            json.WriteString("name", setting.Name);
            json.WriteString("value", setting.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("results");
        foreach (IGrouping<string, LineageResult> same in step.Entry.Results.GroupBy(result => result.Name)) // of several with the same name, which older versions wrote, the last counts
        {
            if (double.IsFinite(same.Last().Value))
            {
                json.WriteNumber(same.Key, same.Last().Value);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
