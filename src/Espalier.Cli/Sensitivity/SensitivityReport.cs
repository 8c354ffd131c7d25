using System.Globalization;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>What a sensitivity scan found.</summary>
/// <param name="title">What was scanned.</param>
/// <param name="scan">The scan.</param>
/// <param name="isAccuracy">Whether qualities are accuracies; otherwise they are changes of the outputs, negated.</param>
/// <param name="loss">What a place may cost.</param>
internal sealed class SensitivityReport(string title, SensitivityScan scan, bool isAccuracy, double loss)
{
    private readonly IReadOnlyList<KeyValuePair<string, double>> _within = scan.AmountsWithin(loss);

    private string Measure => isAccuracy ? "accuracy" : "output change";

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

    /// <summary>A line for each place with the amount that it bears.</summary>
    internal string AmountsCsv() => AmountsFile.Text(_within);

    /// <summary>A row for each place, darker where more is lost.</summary>
    internal HeatMap Map()
    {
        var rows = scan.Curves.Select(curve => new HeatMapRow(
            curve.Name, ValueList.From(curve.Qualities.Select(quality => scan.Whole - quality)), ValueList.From(curve.Qualities.Select(quality => Text(Shown(quality))))));
        double greatest = scan.Curves.SelectMany(curve => curve.Qualities).Select(quality => scan.Whole - quality).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        return new HeatMap($"{title}: {Measure}", "share removed", ValueList.From(scan.Amounts.Select(Share)), ValueList.From(rows)) { Greatest = isAccuracy ? greatest : Math.Min(greatest, 1) };
    }

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
            table = table.Number(Share(amount), each => Text(Shown(each.Curve.Qualities[i])));
        }

        return table.Measure(isAccuracy ? $"loses ≤ {Text(loss)}" : $"change ≤ {Text(loss)}", "within", each => each.Within, Share);
    }

    /// <summary>Between the worst of all curves and the whole network, so that their heights compare.</summary>
    private string Plot(SensitivityCurve curve)
    {
        double least = scan.Curves.SelectMany(each => each.Qualities).Where(double.IsFinite).DefaultIfEmpty(0).Min();
        return Sparkline.Of(curve.Qualities, least, scan.Whole);
    }

    private double Shown(double quality) => isAccuracy ? quality : -quality == 0 ? 0 : -quality;

    private string Text(double value) => isAccuracy ? Amount.Fixed(100 * value, 1) : Amount.Fixed(value, 3);

    private static string Share(double amount) => (100 * amount).ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
