namespace Espalier.Cli;

/// <summary>The predictions of two models for the same images, side by side.</summary>
/// <param name="names">The names of the models.</param>
/// <param name="first">The predictions of the first model.</param>
/// <param name="second">Those of the second model for the same images.</param>
internal sealed class AnswersReport((string First, string Second) names, IReadOnlyList<ClassifiedImage> first, IReadOnlyList<ClassifiedImage> second)
{
    private readonly (ClassifiedImage First, ClassifiedImage Second)[] _images = [.. first.Zip(second).Where(pair => pair.First.Error is null && pair.Second.Error is null)];

    /// <summary>A table for each image: its most probable classes by either model.</summary>
    internal IEnumerable<ReportPart> Text => _images.SelectMany(image => (ReportPart[])[Visible.Text(image.First.Name), Rows(image)]);

    /// <summary>The predictions as JSON.</summary>
    internal ReportValue Data => ReportValue.List(_images.Select(image => (ReportValue)new ReportObject
    {
        { "image", image.First.Name },
        { "a", Predictions(image.First) },
        { "b", Predictions(image.Second) },
    }));

    /// <summary>The images that could not be read, with the reasons.</summary>
    internal IEnumerable<ClassifiedImage> Failures => first.Zip(second, (a, b) => a.Error is null ? b : a).Where(image => image.Error is not null);

    private ReportTable Rows((ClassifiedImage First, ClassifiedImage Second) image) => ReportTable.Of(image.First.Predictions.Zip(image.Second.Predictions).Index())
        .Number("", row => Amount.Exact(row.Index + 1))
        .Text(names.First, row => Cell(row.Item.First))
        .Text(names.Second, row => Cell(row.Item.Second));

    private static string Cell(Prediction prediction) => $"{Amount.Percent(prediction.Probability),7}  {Visible.Text(prediction.Label)}";

    private static ReportTable Predictions(ClassifiedImage image) => ReportTable.Of(image.Predictions)
        .Field("class", prediction => prediction.Class)
        .Field("label", prediction => prediction.Label)
        .Field("probability", prediction => prediction.Probability)
        .Field("logit", prediction => prediction.Logit);
}
