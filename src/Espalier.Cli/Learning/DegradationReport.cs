using System.Text;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The result of the degradation experiment: a table, a CSV file with the errors of all epochs, and a chart.</summary>
internal sealed class DegradationReport(IReadOnlyList<DegradationCurve> curves, string folder)
{
    private readonly DegradationVerdict _plain = DegradationVerdict.Of(DegradationKind.Plain, curves);
    private readonly DegradationVerdict _residual = DegradationVerdict.Of(DegradationKind.Residual, curves);

    private string Table => Path.Combine(folder, "degradation.csv");

    private string Picture => Path.Combine(folder, "degradation.svg");

    /// <summary>Writes the files and returns the report.</summary>
    internal Report Write()
    {
        AtomicFile.Write(Table, stream => stream.Write(Encoding.UTF8.GetBytes(Errors().ToCsv())));
        ChartDrawing.Write(Picture, DegradationCurve.Charts(curves));
        ReportTable networks = ReportTable.Of(curves)
            .Text("network", "network", curve => curve.Network)
            .Field("kind", curve => curve.Kind.Name)
            .Field("depth", curve => curve.Depth)
            .Count("epochs", "epochs", curve => curve.History.Count)
            .Measure("training error", "train_error", curve => curve.TrainingError, Amount.Percent)
            .Measure("test error", "test_error", curve => curve.TestError, Amount.Percent);
        return new Report(new ReportObject
        {
            { "networks", networks },
            { "plain_deeper_is_worse", _plain.IsWorse },
            { "residual_deeper_is_not_worse", _residual.IsNotWorse },
            { "table", Table },
            { "picture", Picture },
        })
        {
            Text =
            [
                networks,
                Line(_plain),
                Line(_residual),
                _plain.IsWorse && _residual.IsNotWorse
                    ? "The plain networks show the degradation, the residual networks do not."
                    : "This differs from the paper's result that only plain networks become worse with depth; more epochs may be needed.",
                $"files     {Table}, {Picture}",
            ],
        };
    }

    /// <summary>The errors of all epochs.</summary>
    private ReportTable Errors() => ReportTable.Of(curves.SelectMany(curve => curve.History, (curve, epoch) => (curve, epoch)))
        .Field("network", each => each.curve.Network)
        .Field("kind", each => each.curve.Kind.Name)
        .Field("depth", each => each.curve.Depth)
        .Field("epoch", each => each.epoch.Epoch)
        .Field("train_error", each => Rounded(DegradationCurve.TrainingErrorOf(each.epoch)))
        .Field("test_error", each => Rounded(DegradationCurve.TestErrorOf(each.epoch)));

    private static string Rounded(double error) => error.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Line(DegradationVerdict verdict)
    {
        string judgement = verdict.IsWorse ? "deeper is worse" : verdict.IsNotWorse ? "deeper is not worse" : verdict.TrainsWorse ? "deeper is worse in training only" : "deeper is worse in the test only";
        return $"{verdict.Deep.Kind.Name,-9} {verdict.Deep.Depth} layers against {verdict.Shallow.Depth}: training error {Points(verdict.Deep.TrainingError - verdict.Shallow.TrainingError)}, test error {Points(verdict.Deep.TestError - verdict.Shallow.TestError)} points; {judgement}";
    }

    private static string Points(double difference) => (difference < 0 ? "" : "+") + Amount.Fixed(100 * difference, 2);
}
