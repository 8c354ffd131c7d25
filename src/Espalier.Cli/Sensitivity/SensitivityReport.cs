using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The report of a sensitivity scan.</summary>
/// <param name="scan">The scan.</param>
/// <param name="isAccuracy">Whether the measured values are accuracies; otherwise they are negated changes of the outputs.</param>
/// <param name="loss">The maximum loss for a layer or group.</param>
internal sealed class SensitivityReport(SensitivityScan scan, bool isAccuracy, double loss)
{
    private readonly IReadOnlyList<KeyValuePair<string, double>> _within = scan.AmountsWithin(loss);

    private string Measure => SensitivityMap.Measure(isAccuracy);

    /// <summary>The report: a row for each layer or group, with its curve, its measurements and the largest amount within the maximum loss; for --csv a row for each measurement.</summary>
    internal Report Report() => new(new ReportObject { { "measure", Measure }, { "whole", Shown(scan.Whole) }, { "curves", Curves() } })
    {
        Text =
        [
            Curves(),
            isAccuracy ? $"accuracy of the whole network: {Amount.Percent(scan.Whole)}" : "output change: L2 norm of the difference of the outputs, relative to that of the outputs, on random input",
        ],
        Rows = ReportTable.Of(scan.Curves.SelectMany(curve => scan.Amounts.Zip(curve.Qualities, (amount, quality) => (curve, amount, quality))))
            .Field("name", each => each.curve.Name)
            .Field("size", each => each.curve.Size)
            .Field("amount", each => each.amount)
            .Field(Measure.Replace(' ', '_'), each => Shown(each.quality)),
    };

    private ReportTable Points(SensitivityCurve curve) => ReportTable.Of(scan.Amounts.Zip(curve.Qualities, (amount, quality) => (Amount: amount, Quality: quality)))
        .Field("amount", point => point.Amount)
        .Field("value", point => Shown(point.Quality));

    private ReportTable Curves()
    {
        ReportTable<(SensitivityCurve Curve, double Within)> table = ReportTable.Of(scan.Curves.Zip(_within, (curve, within) => (Curve: curve, Within: within.Value)))
            .Text("pruned", "name", each => each.Curve.Name)
            .Count("size", "size", each => each.Curve.Size)
            .Text(Measure, each => Plot(each.Curve))
            .Field("points", each => Points(each.Curve));
        foreach ((int i, double amount) in scan.Amounts.Index())
        {
            table = table.Number(SensitivityMap.Share(amount), each => SensitivityMap.Text(each.Curve.Qualities[i], isAccuracy));
        }

        string allowed = SensitivityMap.Figures(loss, isAccuracy);
        return table.Measure(isAccuracy ? $"loses ≤ {allowed}" : $"change ≤ {allowed}", "within", each => each.Within, SensitivityMap.Share);
    }

    /// <summary>The sparkline of a curve; all curves have the same scale, from the worst value to that of the unpruned network.</summary>
    private string Plot(SensitivityCurve curve)
    {
        double least = scan.Curves.SelectMany(each => each.Qualities).Where(double.IsFinite).DefaultIfEmpty(0).Min();
        return Sparkline.Of(curve.Qualities, least, scan.Whole);
    }

    private double Shown(double quality) => SensitivityMap.Shown(quality, isAccuracy);
}
