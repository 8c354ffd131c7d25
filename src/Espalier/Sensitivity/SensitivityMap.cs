using System.Globalization;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>Draws sensitivity scans.</summary>
public static class SensitivityMap
{
    /// <summary>Writes an SVG file with a row for each place, darker where more is lost.</summary>
    /// <param name="scan">The scan.</param>
    /// <param name="path">The file.</param>
    /// <param name="title">What was scanned.</param>
    /// <param name="isAccuracy">Whether its qualities are accuracies, as with images; otherwise they are changes of the outputs, negated.</param>
    public static void WriteSvg(this SensitivityScan scan, string path, string title, bool isAccuracy)
    {
        ArgumentNullException.ThrowIfNull(scan);
        HeatMapDrawing.Write(path, ToHeatMap(scan, title, isAccuracy));
    }

    private static HeatMap ToHeatMap(SensitivityScan scan, string title, bool isAccuracy)
    {
        var rows = scan.Curves.Select(curve => new HeatMapRow(
            curve.Name, ValueList.From(curve.Qualities.Select(quality => scan.Whole - quality)), ValueList.From(curve.Qualities.Select(quality => Text(quality, isAccuracy)))));
        double greatest = scan.Curves.SelectMany(curve => curve.Qualities).Select(quality => scan.Whole - quality).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        return new HeatMap($"{title}: {Measure(isAccuracy)}", "share removed", ValueList.From(scan.Amounts.Select(Share)), ValueList.From(rows)) { Greatest = isAccuracy ? greatest : Math.Min(greatest, 1) };
    }

    /// <summary>What the qualities measure.</summary>
    internal static string Measure(bool isAccuracy) => isAccuracy ? "accuracy" : "output change";

    /// <summary>A quality as it is shown: an accuracy, or the change that it is the negative of.</summary>
    internal static double Shown(double quality, bool isAccuracy) => isAccuracy ? quality : -quality == 0 ? 0 : -quality;

    /// <summary>The same in figures: percent, or a share.</summary>
    internal static string Text(double quality, bool isAccuracy) => Figures(Shown(quality, isAccuracy), isAccuracy);

    /// <summary>An accuracy in percent, or a change.</summary>
    internal static string Figures(double value, bool isAccuracy) => isAccuracy ? (100 * value).ToString("F1", CultureInfo.InvariantCulture) : value.ToString("F3", CultureInfo.InvariantCulture);

    /// <summary>A share removed, in percent.</summary>
    internal static string Share(double amount) => (100 * amount).ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
