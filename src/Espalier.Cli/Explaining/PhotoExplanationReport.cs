namespace Espalier.Cli;

/// <summary>The report of the verb <c>explain</c> about photos: their classes, and what was written.</summary>
internal sealed class PhotoExplanationReport(IReadOnlyList<WrittenExplanations> photos, string folder)
{
    private const int Top = 5;

    internal Report Report() => new(ReportValue.List(photos.Select(photo => (ReportValue)new ReportObject
    {
        { "image", photo.Photo.Name },
        {
            "predictions", ReportTable.Of(photo.Photo.Predictions.Take(Top))
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
        Visible.Text(photo.Photo.Name),
        .. photo.Photo.Predictions.Take(Top).Select(prediction => (ReportPart)$"  {Amount.Percent(prediction.Probability),7}  {Visible.Text(prediction.Label)}"),
        "",
        Table(photo.Explanations),
    ];

    private static ReportTable Table(IEnumerable<WrittenExplanation> explanations) => ReportTable.Of(explanations)
        .Field("image", row => row.Explanation.Photo.Name)
        .Text("explanation", "kind", row => row.Explanation.Kind)
        .Text("node", "node", row => row.Explanation.Node)
        .Text("class", row => PredictionOf(row.Explanation) is Prediction prediction ? Visible.Text(prediction.Label) : "")
        .Field("class", row => PredictionOf(row.Explanation)?.Class)
        .Field("label", row => ReportValue.IfKnown(PredictionOf(row.Explanation)?.Label))
        .Text("result", row => Result(row.Explanation))
        .Field("peak_x", row => (row.Explanation as PhotoHeatMap)?.PeakInPhoto.X)
        .Field("peak_y", row => (row.Explanation as PhotoHeatMap)?.PeakInPhoto.Y)
        .Field("peak", row => (row.Explanation as PhotoHeatMap)?.High)
        .Field("png", row => Path.GetFileName(row.Path) + ".png")
        .Field("json", row => Path.GetFileName(row.Path) + ".json")
        .Text("file", row => Visible.Text(Path.GetFileName(row.Path)));

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
