using System.Globalization;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>Draws evaluations as SVG pictures.</summary>
public static class EvaluationCharts
{
    private const int MostClasses = 40; // rows and columns of a picture of the confusion matrix

    /// <summary>Draws the reliability diagram (Guo 2017, fig. 1) beside the fraction of images in each bin: a calibrated classifier has the accuracy of its confidence, the dashed line.</summary>
    /// <param name="report">The evaluation.</param>
    /// <param name="path">The file.</param>
    /// <param name="title">The network's name.</param>
    /// <exception cref="EspalierException">The file cannot be written.</exception>
    public static void WriteCalibrationSvg(this ClassificationReport report, string path, string title)
    {
        ArgumentNullException.ThrowIfNull(report);
        string error = string.Create(CultureInfo.InvariantCulture, $"{title}: calibration error {report.CalibrationError:0.0%}");
        ChartDrawing.Write(
            path,
            new Chart(error, "probability of the predicted class", "fraction of correct predictions", [Steps("accuracy", report, bin => bin.Accuracy), new Curve("calibrated", [new(0, 0), new(1, 1)]) { Dashed = true }]),
            new Chart($"{report.Count} images", "probability of the predicted class", "fraction of the images", [Steps("images", report, bin => (double)bin.Count / report.Count, ofAll: true)]));
    }

    /// <summary>
    /// Draws the confusion matrix: a row for each class, a column for each predicted class, darker where more of the class's images are. With more than 40 classes only the 40 with the most errors are
    /// drawn, as the title says.
    /// </summary>
    /// <inheritdoc cref="WriteCalibrationSvg"/>
    public static void WriteConfusionSvg(this ClassificationReport report, string path, string title)
    {
        ArgumentNullException.ThrowIfNull(report);
        int count = report.Classes.Length;
        int[] shown = [.. Enumerable.Range(0, count).OrderByDescending(place => Errors(report.Classes[place])).Take(MostClasses).Order()];
        var rows = shown.Select(truth => new HeatMapRow(
            $"{truth} {report.Classes[truth].Label}",
            ValueList.From(shown.Select(predicted => report.Classes[truth].Count == 0 ? 0 : (double)report.Confusion[truth, predicted] / report.Classes[truth].Count)),
            ValueList.From(shown.Select(predicted => report.Confusion[truth, predicted] is > 0 and int images ? images.ToString(CultureInfo.InvariantCulture) : ""))));
        string which = count > MostClasses ? $"confusion of the {MostClasses} of {count} classes with the most errors" : "confusion";
        HeatMapDrawing.Write(path, new HeatMap($"{title}: {which}", "predicted class", ValueList.From(shown.Select(predicted => predicted.ToString(CultureInfo.InvariantCulture))), ValueList.From(rows)));
    }

    private static int Errors(ClassFigures figures) => figures.Count + figures.Predicted - (2 * figures.Correct);

    /// <summary>The outline of a bar for each bin, without those that have no images unless all are drawn.</summary>
    private static Curve Steps(string name, ClassificationReport report, Func<CalibrationBin, double> height, bool ofAll = false) => new(name, ValueList.From(report.Calibration.SelectMany(bin =>
        bin.Count == 0 && !ofAll ? [new CurvePoint(double.NaN, double.NaN)] : new CurvePoint[] { new(bin.From, 0), new(bin.From, height(bin)), new(bin.To, height(bin)), new(bin.To, 0) })));
}
