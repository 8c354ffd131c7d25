using System.Globalization;

namespace Espalier.Training;

/// <summary>A pair of axes on a panel, which maps values to pixel coordinates.</summary>
internal readonly record struct ChartFrame(ChartAxis X, ChartAxis Y)
{
    internal const int Width = 460; // of a panel, in pixels
    internal const int Height = 340;
    internal const int Left = 62;
    internal const int Right = Width - 18;
    internal const int Top = 40;
    internal const int Bottom = Height - 50;

    /// <summary>Creates axes that include all curves. The range of the vertical axis ignores marks unless all curves are marks. If all horizontal values are integers, such as epochs, the horizontal axis begins and ends with them.</summary>
    internal static ChartFrame Of(Chart chart)
    {
        CurvePoint[] points = [.. chart.Curves.SelectMany(curve => curve.Points)];
        CurvePoint[] drawn = [.. chart.Curves.Where(curve => !curve.AreMarks).SelectMany(curve => curve.Points)];
        return new ChartFrame(
            ChartAxis.Over(points.Select(point => point.X), fromZero: false, whole: Array.TrueForAll(points, point => double.IsInteger(point.X))),
            ChartAxis.Over((drawn.Length > 0 ? drawn : points).Select(point => point.Y).Append(chart.Reaches ?? double.NaN), chart.FromZero, whole: false));
    }

    internal double Across(double x) => Left + (X.Place(x) * (Right - Left));

    internal double Down(double y) => Bottom - (Y.Place(y) * (Bottom - Top));

    /// <summary>The line segments of the curves.</summary>
    internal IReadOnlyList<((double X, double Y) From, (double X, double Y) To)> Lines(Chart chart)
    {
        ChartFrame frame = this;
        return
        [
            .. from curve in chart.Curves
               where !curve.AreMarks
               let places = curve.Points.Select(point => (X: frame.Across(point.X), Y: frame.Down(point.Y))).ToArray()
               from line in places.Zip(places.Skip(1))
               where double.IsFinite(line.First.X + line.First.Y + line.Second.X + line.Second.Y)
               select line,
        ];
    }

    /// <summary>Formats a number of pixels for SVG.</summary>
    internal static string Pixels(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
