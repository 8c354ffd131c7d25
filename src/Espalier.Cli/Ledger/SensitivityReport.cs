using System.Globalization;
using System.Text;
using System.Text.Json;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>Prints a sensitivity scan.</summary>
/// <param name="title">What was scanned.</param>
/// <param name="scan">The scan.</param>
/// <param name="isAccuracy">Whether qualities are accuracies; otherwise they are changes of the outputs, negated.</param>
/// <param name="loss">What a place may cost.</param>
internal sealed class SensitivityReport(string title, SensitivityScan scan, bool isAccuracy, double loss)
{
    private readonly IReadOnlyList<KeyValuePair<string, double>> _within = scan.AmountsWithin(loss);

    private string Measure => isAccuracy ? "accuracy" : "output change";

    /// <summary>A row for each place: its curve, its numbers, and the amount that it bears.</summary>
    internal void Print(Terminal terminal)
    {
        TablePrinter table = scan.Amounts.Aggregate(new TablePrinter().Text("pruned").Number("size").Text(Measure), (columns, amount) => columns.Number(Share(amount))).Number(isAccuracy ? $"loses ≤ {Text(loss)}" : $"change ≤ {Text(loss)}");
        foreach ((SensitivityCurve curve, KeyValuePair<string, double> within) in scan.Curves.Zip(_within))
        {
            table.Row([curve.Name, Amount.Exact(curve.Size), Plot(curve), .. curve.Qualities.Select(quality => Text(Shown(quality))), Share(within.Value)]);
        }

        table.Print(terminal);
        terminal.Out.WriteLine(isAccuracy ? $"accuracy of the whole network: {Amount.Percent(scan.Whole)}" : "output change: root of the summed squares of the outputs' differences, relative to the outputs, on random input");
    }

    /// <summary>Everything as one JSON object.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("measure", Measure);
        json.WriteFinite("whole", Shown(scan.Whole));
        json.WriteStartArray("curves");
        foreach ((SensitivityCurve curve, KeyValuePair<string, double> within) in scan.Curves.Zip(_within))
        {
            json.WriteStartObject();
            json.WriteString("name", curve.Name);
            json.WriteNumber("size", curve.Size);
            json.WriteStartArray("points");
            foreach ((double amount, double quality) in scan.Amounts.Zip(curve.Qualities))
            {
                json.WriteStartObject();
                json.WriteFinite("amount", amount);
                json.WriteFinite("value", Shown(quality));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteFinite("within", within.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A line for each measurement.</summary>
    internal string Csv()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"name,size,amount,{Measure.Replace(' ', '_')}\n");
        foreach (SensitivityCurve curve in scan.Curves)
        {
            foreach ((double amount, double quality) in scan.Amounts.Zip(curve.Qualities))
            {
                text.Append(CultureInfo.InvariantCulture, $"{curve.Name},{curve.Size},{amount:R},{Shown(quality):R}\n");
            }
        }

        return text.ToString();
    }

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
