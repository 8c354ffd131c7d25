namespace Espalier.Cli;

/// <summary>The report of the verb <c>explain</c> about photos: their classes, and what was written.</summary>
internal sealed class PhotoExplanationReport(IReadOnlyList<WrittenExplanations> photos, string folder)
{
    /// <summary>The number of classes that are reported.</summary>
    internal const int Top = 5;

    internal Report Report() => new(ReportValue.List(photos.Select(photo => (ReportValue)new ReportObject
    {
        { "image", photo.Image },
        {
            "predictions", ReportTable.Of(photo.Predictions)
                .Field("class", prediction => prediction.Class)
                .Field("label", prediction => prediction.Label)
                .Field("probability", prediction => prediction.Probability)
                .Field("logit", prediction => prediction.Logit)
        },
        { "explanations", Table(photo.Explanations) },
    })))
    {
        Text = [.. photos.SelectMany(Lines), $"{folder}: a picture (.png) and the values in it (.json) for each explanation"],
        Rows = Table(photos.SelectMany(photo => photo.Explanations)),
    };

    private static IEnumerable<ReportPart> Lines(WrittenExplanations photo) =>
    [
        Visible.Text(photo.Image),
        .. photo.Predictions.Select(prediction => (ReportPart)$"  {Amount.Percent(prediction.Probability),7}  {Visible.Text(prediction.Label)}"),
        "",
        Table(photo.Explanations),
    ];

    /// <summary>What is reported about an explanation.</summary>
    /// <param name="explanation">The explanation.</param>
    /// <param name="file">The name of its files, without extension.</param>
    internal static WrittenExplanation Describe(PhotoExplanation explanation, string file)
    {
        (double, double, double)? peak = explanation is PhotoHeatMap map ? (map.High, map.PeakInPhoto.X, map.PeakInPhoto.Y) : null;
        return new WrittenExplanation(explanation.Photo.Name, explanation.Kind, explanation.Node, PredictionOf(explanation), Result(explanation), peak, file);
    }

    private static ReportTable Table(IEnumerable<WrittenExplanation> explanations) => ReportTable.Of(explanations)
        .Field("image", row => row.Image)
        .Text("explanation", "kind", row => row.Kind)
        .Text("node", "node", row => row.Node)
        .Text("class", row => row.Prediction is Prediction prediction ? Visible.Text(prediction.Label) : "")
        .Field("class", row => row.Prediction?.Class)
        .Field("label", row => ReportValue.IfKnown(row.Prediction?.Label))
        .Text("result", "result", row => row.Result)
        .Field("peak_x", row => row.Peak?.X)
        .Field("peak_y", row => row.Peak?.Y)
        .Field("peak", row => row.Peak?.Value)
        .Field("png", row => row.File + ".png")
        .Field("json", row => row.File + ".json")
        .Text("file", row => Visible.Text(row.File));

    private static Prediction? PredictionOf(PhotoExplanation explanation) => explanation switch
    {
        ClassActivationMap map => map.Prediction,
        OcclusionMap map => map.Prediction,
        _ => null,
    };

    private static string Result(PhotoExplanation explanation) => explanation switch
    {
        OcclusionMap map => $"{Amount.Percent(map.Prediction.Probability)}; falls most, by {Amount.Percent(map.High)}, at {Place(map)}",
        ClassActivationMap map => map.High > 0 ? $"{Amount.Percent(map.Prediction.Probability)}; greatest at {Place(map)}" : $"{Amount.Percent(map.Prediction.Probability)}; nothing speaks for the class",
        FeatureMaps maps => $"{Amount.Exact(maps.Channels)} maps of {maps.Size}",
        PhotoReceptiveField field => Result(field),
        _ => "",
    };

    private static string Result(PhotoReceptiveField field) =>
        $"{field.Region.Field.Height}x{field.Region.Field.Width} with padding, stride {field.Stride}; effective {Amount.Fixed(field.EffectiveSide, 1)} of {Amount.Fixed(field.Side, 1)} in the input, {Amount.Percent(field.Ratio)}";

    private static string Place(PhotoHeatMap map) => $"x {Amount.Fixed(map.PeakInPhoto.X, 0)}, y {Amount.Fixed(map.PeakInPhoto.Y, 0)}";
}
