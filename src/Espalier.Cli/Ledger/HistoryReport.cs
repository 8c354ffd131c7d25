using System.Globalization;
using System.Text;
using System.Text.Json;
using Espalier.Graphs;

namespace Espalier.Cli;

/// <summary>Prints a ledger: what was done to a model, and what it was like after each step.</summary>
/// <param name="steps">The steps, oldest first.</param>
internal sealed class HistoryReport(IReadOnlyList<LedgerStep> steps)
{
    private const string Header = "step,action,settings,parameters,non_zeros,macs,effective_macs,bytes,accuracy,ms";

    private readonly ModelFigures? _first = steps.Select(step => step.Figures).FirstOrDefault(figures => figures is not null);
    private readonly double? _accuracy = steps.Select(step => step.Figures?.Accuracy).FirstOrDefault(accuracy => accuracy is not null);
    private readonly double? _milliseconds = steps.Select(step => step.Figures?.Milliseconds).FirstOrDefault(time => time is not null);
    private readonly long? _bytes = steps.Select(step => step.Figures?.Bytes).FirstOrDefault(bytes => bytes is not null);

    /// <summary>A row for each step; changes are against the first step that has the figure.</summary>
    internal void Print(Terminal terminal)
    {
        TablePrinter table = new TablePrinter { Keys = 2 }.Text("step").Text("what").Number("accuracy").Number("ms").Number("parameters").Number("non-zeros").Number("MACs").Number("effective MACs").Number("file");
        foreach (LedgerStep step in steps)
        {
            string[] cells = step.Figures is ModelFigures figures ? Cells(figures) : ["", "", "", "", "", "", ""];
            table.Row([step.Label, step.Details, .. cells]);
        }

        table.Print(terminal);
    }

    /// <summary>An array of objects.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("steps");
        foreach (LedgerStep step in steps)
        {
            json.WriteStartObject();
            json.WriteNumber("step", step.Number);
            json.WriteString("action", step.Entry.Action);
            json.WriteStartObject("settings");
            foreach (IGrouping<string, LineageSetting> setting in step.Entry.Settings.GroupBy(setting => setting.Name))
            {
                json.WriteString(setting.Key, setting.Last().Value);
            }

            json.WriteEndObject();
            json.WriteStartObject("results");
            foreach (IGrouping<string, LineageResult> result in step.Entry.Results.GroupBy(result => result.Name))
            {
                json.WriteFinite(result.Key, result.Last().Value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Comma-separated values: a line for each step, numbers that read back the same, empty where there is none.</summary>
    internal string Csv()
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (LedgerStep step in steps)
        {
            ModelFigures? f = step.Figures;
            IFormattable?[] numbers = [f?.Parameters, f?.NonZeros, f?.MultiplyAccumulates, f?.EffectiveMultiplyAccumulates, f?.Bytes, f?.Accuracy, f?.Milliseconds];
            string settings = string.Join("; ", step.Entry.Settings.Select(setting => $"{setting.Name}={setting.Value}"));
            text.Append(CultureInfo.InvariantCulture, $"{step.Number},{Quoted(step.Entry.Action)},{Quoted(settings)},");
            text.AppendJoin(',', numbers.Select(number => number?.ToString(null, CultureInfo.InvariantCulture) ?? "")).Append('\n');
        }

        return text.ToString();
    }

    private string[] Cells(ModelFigures figures)
    {
        ModelFigures first = _first!.Value;
        return
        [
            figures.Accuracy is double accuracy ? $"{Amount.Percent(accuracy)} {Points(accuracy - _accuracy!.Value)}" : "",
            figures.Milliseconds is double time ? $"{Amount.Fixed(time, 3)} {Change(time, _milliseconds!.Value)}" : "",
            $"{Amount.Short(figures.Parameters)} {Change(figures.Parameters, first.Parameters)}",
            $"{Amount.Short(figures.NonZeros)} {Change(figures.NonZeros, first.NonZeros)}",
            $"{Amount.Short(figures.MultiplyAccumulates)} {Change(figures.MultiplyAccumulates, first.MultiplyAccumulates)}",
            $"{Amount.Short(figures.EffectiveMultiplyAccumulates)} {Change(figures.EffectiveMultiplyAccumulates, first.EffectiveMultiplyAccumulates)}",
            figures.Bytes is long bytes ? $"{Amount.Bytes(bytes)} {Change(bytes, _bytes!.Value)}" : "",
        ];
    }

    /// <summary>Padded, so that the amounts in front stand in a column.</summary>
    private static string Change(double value, double first) => Signed(100 * ((value / first) - 1), "0", "%").PadLeft(5);

    private static string Points(double difference) => Signed(100 * difference, "0.00", "").PadLeft(6);

    private static string Signed(double value, string format, string unit)
    {
        string text = value.ToString($"+{format};-{format};{format}", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAnyInRange('1', '9') ? text.Replace('-', '−') + unit : ""; // nothing, where nothing has changed
    }

    private static string Quoted(string text) => text.AsSpan().ContainsAny(',', '"', '\n') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
