using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The report of a ledger: the steps that produced a model, with its figures after each.</summary>
/// <param name="steps">The steps, oldest first.</param>
internal sealed class HistoryReport(IReadOnlyList<LedgerStep> steps)
{
    private readonly ModelFigures? _first = steps.Select(step => step.Figures).FirstOrDefault(figures => figures is not null);
    private readonly double? _accuracy = steps.Select(step => step.Figures?.Accuracy).FirstOrDefault(accuracy => accuracy is not null);
    private readonly double? _milliseconds = steps.Select(step => step.Figures?.Milliseconds).FirstOrDefault(time => time is not null);
    private readonly long? _bytes = steps.Select(step => step.Figures?.Bytes).FirstOrDefault(bytes => bytes is not null);

    /// <summary>The report: a row for each step, with changes relative to the first step that has the figure.</summary>
    /// <param name="architecture">The model's architecture.</param>
    /// <param name="path">The model file.</param>
    /// <param name="chart">Accuracy against time, or <see langword="null"/> for no chart.</param>
    internal Report Report(string architecture, string path, Chart? chart) => new(new ReportObject
    {
        { "model", architecture },
        {
            "steps", ReportTable.Of(steps)
                .Field("step", step => step.Number)
                .Field("action", step => step.Entry.Action)
                .Field("settings", step => Last(step.Entry.Settings.Select(setting => (setting.Name, (ReportValue)setting.Value))))
                .Field("results", step => Last(step.Entry.Results.Select(result => (result.Name, (ReportValue)result.Value))))
        },
    })
    {
        Text = steps.Count == 0
            ? [$"{path}: it has no lineage"]
            : [Printed(), chart is null ? default : new ReportPart(TextPlot.Of(chart).Print)],
        Rows = ReportTable.Of(steps)
            .Field("step", step => step.Number)
            .Field("action", step => step.Entry.Action)
            .Field("settings", step => string.Join("; ", step.Entry.Settings.Select(setting => $"{setting.Name}={setting.Value}")))
            .Field("parameters", step => step.Figures?.Parameters)
            .Field("non_zeros", step => step.Figures?.NonZeros)
            .Field("macs", step => step.Figures?.MultiplyAccumulates)
            .Field("effective_macs", step => step.Figures?.EffectiveMultiplyAccumulates)
            .Field("bytes", step => step.Figures?.Bytes)
            .Field("accuracy", step => step.Figures?.Accuracy)
            .Field("ms", step => step.Figures?.Milliseconds)
            .Field("bits", step => step.Figures?.Bits),
    };

    private ReportTable Printed()
    {
        var table = new ReportTable<LedgerStep>(steps) { Keys = 2 };
        return table
            .Text("step", step => step.Label)
            .Text("what", step => step.Details)
            .Number("accuracy", step => step.Figures?.Accuracy is double accuracy ? $"{Amount.Percent(accuracy)} {Points(accuracy - _accuracy!.Value)}" : "")
            .Number("ms", step => step.Figures?.Milliseconds is double time ? $"{Amount.Fixed(time, 3)} {Change(time, _milliseconds!.Value)}" : "")
            .Number("parameters", step => Cell(step, figures => figures.Parameters))
            .Number("non-zeros", step => Cell(step, figures => figures.NonZeros))
            .Number("MACs", step => Cell(step, figures => figures.MultiplyAccumulates))
            .Number("effective MACs", step => Cell(step, figures => figures.EffectiveMultiplyAccumulates))
            .Number("file", step => step.Figures?.Bytes is long bytes ? $"{Amount.Bytes(bytes)} {Change(bytes, _bytes!.Value)}" : "")
            .Measure("bits each", "bits", step => step.Figures?.Bits, Amount.Bits, isOptional: true);
    }

    private string Cell(LedgerStep step, Func<ModelFigures, long> figure) =>
        step.Figures is ModelFigures figures ? $"{Amount.Short(figure(figures))} {Change(figure(figures), figure(_first!.Value))}" : "";

    /// <summary>The values by name; of several with the same name, which older versions wrote, the last.</summary>
    private static ReportObject Last(IEnumerable<(string Name, ReportValue Value)> values)
    {
        var last = new ReportObject();
        foreach (IGrouping<string, (string Name, ReportValue Value)> same in values.GroupBy(each => each.Name))
        {
            last.Add(same.Key, same.Last().Value);
        }

        return last;
    }

    /// <summary>The relative change in percent, padded so that the values before it are aligned.</summary>
    private static string Change(double value, double first) => Signed(100 * ((value / first) - 1), "0", "%").PadLeft(5);

    private static string Points(double difference) => Signed(100 * difference, "0.00", "").PadLeft(6);

    private static string Signed(double value, string format, string unit)
    {
        string text = value.ToString($"+{format};-{format};{format}", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAnyInRange('1', '9') ? text.Replace('-', '−') + unit : ""; // empty for no change
    }
}
