namespace Espalier.Cli;

/// <summary>An evaluation with its reliability diagram and worst images, as a table and as JSON.</summary>
internal sealed class EvaluationReport(ClassificationReport report)
{
    private const int ShownName = 30; // characters at the end of a path

    /// <summary>The figures, and a row for each of the worst images.</summary>
    internal IEnumerable<ReportPart> Text =>
    [
        $"top-1 {Amount.Percent(report.Accuracy)}, loss {Amount.Fixed(report.Loss, 4)}, calibration error {Amount.Percent(report.CalibrationError)} on {Amount.Exact(report.Count)} images",
        "",
        report.Worst.Length > 0 ? "images of the largest loss" : null,
        report.Worst.Length > 0 ? Worst : null,
    ];

    /// <summary>All figures.</summary>
    internal ReportObject Data => new()
    {
        { "count", report.Count },
        { "top1_correct", report.TopCorrect(1) },
        { "top5_correct", report.TopCorrect(5) },
        { "loss", report.Loss },
        { "calibration_error", report.CalibrationError },
        {
            "calibration", ReportTable.Of(report.Calibration)
                .Field("from", bin => bin.From)
                .Field("to", bin => bin.To)
                .Field("images", bin => bin.Count)
                .Field("correct", bin => bin.Correct)
                .Field("confidence", bin => bin.Count > 0 ? bin.Confidence : default(double?))
        },
        {
            "confusions", ReportTable.Of(report.Confusion.Confusions)
                .Field("truth", pair => report.Classes[pair.Truth].Label)
                .Field("predicted", pair => report.Classes[pair.Predicted].Label)
                .Field("images", pair => pair.Count)
        },
        { "worst", Worst },
    };

    private ReportTable Worst => ReportTable.Of(report.Worst)
        .Text("image", image => End(image.Name))
        .Field("image", image => image.Name)
        .Text("class", "truth", image => image.TruthLabel)
        .Text("predicted", "predicted", image => image.PredictedLabel)
        .Number("with", "probability", image => image.Probability, image => Amount.Percent(image.Probability))
        .Field("truth_probability", image => image.TruthProbability)
        .Number("loss", "loss", image => image.Loss, image => Amount.Fixed(image.Loss, 2));

    /// <summary>The end of a path that is longer than a column of a table.</summary>
    internal static string End(string path) => path.Length <= ShownName ? path : $"…{path[^(ShownName - 1)..]}";
}
