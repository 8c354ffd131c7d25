using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The report of a quantization.</summary>
/// <param name="quantized">The quantized model, with its figures and those of the model before in the lineage.</param>
/// <param name="verified">The data that both models were compared on.</param>
internal sealed class QuantizationReport(QuantizedModel quantized, string verified)
{
    private const int ShownNames = 6;

    private readonly ModelFigures[] _figures = [.. quantized.Model.Metadata.Lineage.TakeLast(2).Select(entry => ModelFigures.Of(entry)!.Value)];

    /// <summary>A row for each rounded value.</summary>
    internal ReportTable Noise { get; } = ReportTable.Of(quantized.Noise)
        .Text("rounded value", "value", row => row.Value)
        .Field("layer", row => row.Layer)
        .Text("range by", "observer", row => row.Observer is { } observer ? QuantizationSchemeOptions.WordOf(observer) : "")
        .Number("scale", "scale", row => row.Scale, row => row.Scale.ToString("G3", CultureInfo.InvariantCulture))
        .Number("zero", "zero_point", row => (long)row.ZeroPoint, row => row.ZeroPoint.ToString(CultureInfo.InvariantCulture))
        .Number("S/N dB", "decibels", row => row.Decibels, row => NoiseMap.Text(row.Decibels));

    /// <summary>The report as text: what was assumed, the noise of each value, and both networks side by side.</summary>
    internal IEnumerable<ReportPart> Text =>
    [
        $"scales from {quantized.Calibration}; {quantized.Merges} linear parts folded before",
        Settings(),
        KeptFloat(),
        "",
        Noise,
        Figures(),
        $"compared on {Amount.Exact(Comparison.Samples)} samples: {(verified == "random" ? "random values" : verified)}",
        $"same class on {Amount.Exact(Comparison.SameClass)} of them ({Amount.Percent(Comparison.Agreement)}); maximum difference {Scientific(Comparison.Difference.Maximum)}, {Scientific(Comparison.Difference.Relative)} of the largest output",
        Comparison.HasAccuracy ? $"top-1 in floating point {Accuracy(Comparison.AccuracyBefore!)}, in 8 bits {Accuracy(Comparison.AccuracyAfter!)}" : null,
        quantized.Search is { Reached: false } search ? ReportPart.Warning($"more is lost than --max-loss allows, even with {search.KeepFloat.Count} layers in floating point") : default,
    ];

    /// <summary>The report as JSON.</summary>
    internal ReportObject Data => new()
    {
        { "calibration", quantized.Calibration },
        { "merges", quantized.Merges },
        { "settings", ReportTable.Of(quantized.Model.Metadata.Lineage[^1].Settings).Field("name", setting => setting.Name).Field("value", setting => setting.Value) },
        { "kept_float", ReportValue.List(quantized.KeptFloat) },
        { "search", quantized.Search is { } search ? Found(search) : null },
        { "noise", Noise },
        { "before", FiguresOf(_figures[0]) },
        { "after", FiguresOf(_figures[1]) },
        {
            "verify", new ReportObject
            {
                { "data", verified },
                { "samples", Comparison.Samples },
                { "same_class", Comparison.SameClass },
                { "maximum_difference", Comparison.Difference.Maximum },
                { "relative_difference", Comparison.Difference.Relative },
                { "top1_before", Comparison.HasAccuracy ? Comparison.AccuracyBefore!.Top1Correct : default(long?) },
                { "top1_after", Comparison.HasAccuracy ? Comparison.AccuracyAfter!.Top1Correct : default(long?) },
            }
        },
    };

    private static ReportObject Found(KeepFloatSearch search) => new()
    {
        { "reached", search.Reached },
        { "floating", search.Floating },
        { "trials", ReportTable.Of(search.Trials).Field("kept_float", trial => ReportValue.List(trial.KeepFloat)).Field("quality", trial => trial.Quality) },
        { "layers", ReportTable.Of(search.Noise).Field("layer", layer => layer.Key).Field("decibels", layer => layer.Value) },
    };

    private ModelComparison Comparison => quantized.Comparison;

    private string Settings() => string.Join(", ", quantized.Model.Metadata.Lineage[^1].Settings
        .Where(setting => setting.Name is not ("keep_float" or "data" or "images" or "merges" or "timed_on") && setting.Value.Length > 0)
        .Select(setting => $"{setting.Name.Replace('_', ' ')} {setting.Value}"));

    private string? KeptFloat() => quantized.KeptFloat.Count == 0 ? null
        : $"in floating point: {string.Join(", ", quantized.KeptFloat.Take(ShownNames))}{(quantized.KeptFloat.Count > ShownNames ? $" and {quantized.KeptFloat.Count - ShownNames} more" : "")}";

    private ReportTable Figures() => ReportTable.Of<(string Title, ModelFigures Figures)>([("floating point", _figures[0]), ("8 bits", _figures[1])])
        .Text("", row => row.Title)
        .Number("parameters", row => Amount.Exact(row.Figures.Parameters))
        .Number("bits each", row => Amount.Bits(row.Figures.BitsPerParameter))
        .Number("file", row => Amount.Exact(row.Figures.Bytes!.Value))
        .Measure("top-1", "accuracy", row => row.Figures.Accuracy, Amount.Percent, isOptional: true)
        .Measure("ms", "ms", row => row.Figures.Milliseconds, time => Amount.Fixed(time, 3), isOptional: true);

    private static ReportObject FiguresOf(ModelFigures figures) => new()
    {
        { "parameters", figures.Parameters },
        { "bits", figures.BitsPerParameter },
        { "bytes", figures.Bytes },
        { "accuracy", figures.Accuracy },
        { "ms", figures.Milliseconds },
    };

    private static string Accuracy(EvaluationTally tally) => $"{Amount.Percent(tally.Accuracy)} ({Amount.Exact(tally.Top1Correct)} correct)";

    private static string Scientific(double value) => value.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
