using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>What a sensitivity scan found.</summary>
/// <param name="scan">The scan.</param>
/// <param name="isAccuracy">Whether qualities are accuracies; otherwise they are changes of the outputs, negated.</param>
/// <param name="loss">What a place may cost.</param>
internal sealed class SensitivityReport(SensitivityScan scan, bool isAccuracy, double loss)
{
    private readonly IReadOnlyList<KeyValuePair<string, double>> _within = scan.AmountsWithin(loss);

    private string Measure => SensitivityMap.Measure(isAccuracy);

    /// <summary>A row for each place: its curve, its numbers, and the amount that it bears; with --csv one for each measurement.</summary>
    internal Report Report() => new(new ReportObject { { "measure", Measure }, { "whole", Shown(scan.Whole) }, { "curves", Curves() } })
    {
        Text =
        [
            Curves(),
            isAccuracy ? $"accuracy of the whole network: {Amount.Percent(scan.Whole)}" : "output change: root of the summed squares of the outputs' differences, relative to the outputs, on random input",
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

    /// <summary>Between the worst of all curves and the whole network, so that their heights compare.</summary>
    private string Plot(SensitivityCurve curve)
    {
        double least = scan.Curves.SelectMany(each => each.Qualities).Where(double.IsFinite).DefaultIfEmpty(0).Min();
        return Sparkline.Of(curve.Qualities, least, scan.Whole);
    }

    private double Shown(double quality) => SensitivityMap.Shown(quality, isAccuracy);
}
