using System.Globalization;
using System.Net;

namespace Espalier.Training;

/// <summary>Draws the labelled points of a chart as dots or marks. Labels are placed so that they do not overlap lines, points and other labels where possible.</summary>
internal static class ChartPoints
{
    private const string MarkColour = "#777";
    private const int ArrowHeight = 12;

    private readonly record struct Point(double X, double Y, string Label, bool IsMark, bool IsBelow, string Colour);

    /// <summary>Returns the SVG elements.</summary>
    /// <param name="chart">The chart.</param>
    /// <param name="frame">Its axes.</param>
    /// <param name="colour">Returns the colour of a curve by its index.</param>
    internal static IEnumerable<string> Draw(Chart chart, ChartFrame frame, Func<int, string> colour)
    {
        Point[] points = [.. chart.Curves.Index().SelectMany(each => Points(each.Item, frame, colour(each.Index)))];
        var labels = new LabelPlacement([.. points.Select(point => (point.X, point.Y))], frame.Lines(chart));
        foreach (Point point in points)
        {
            yield return Shape(point);
        }

        foreach (Point point in points)
        {
            (double x, double y) = labels.Place((point.X, point.Y), point.Label);
            if (LabelPlacement.Lead((point.X, point.Y), (x, y), point.Label) is (double endX, double endY))
            {
                yield return $"""<path d="M{ChartFrame.Pixels(point.X)} {ChartFrame.Pixels(point.Y)}L{ChartFrame.Pixels(endX)} {ChartFrame.Pixels(endY)}" stroke="{MarkColour}" stroke-width="0.6"/>""";
            }

            string text = WebUtility.HtmlEncode(point.Label);
            yield return $"""<text x="{ChartFrame.Pixels(x)}" y="{ChartFrame.Pixels(y)}" font-size="11"{(point.IsMark ? $" fill=\"{MarkColour}\"" : "")}>{text}</text>""";
        }
    }

    private static IEnumerable<Point> Points(Curve curve, ChartFrame frame, string colour)
    {
        foreach ((CurvePoint point, string label) in curve.Points.Zip(curve.Labels).Where(each => double.IsFinite(each.First.X) && double.IsFinite(each.First.Y)))
        {
            bool below = curve.AreMarks && point.Y < frame.Y.Least;
            yield return new Point(
                frame.Across(point.X),
                below ? ChartFrame.Bottom - (ArrowHeight / 2) - 2 : frame.Down(point.Y),
                below ? string.Create(CultureInfo.InvariantCulture, $"{label}: {point.Y:0.#}") : label,
                curve.AreMarks,
                below,
                colour);
        }
    }

    /// <summary>The symbol of a point: a dot, a small cross for a mark, or a downward arrow for a mark below the axes.</summary>
    private static string Shape(Point point)
    {
        (string x, string y) = (ChartFrame.Pixels(point.X), ChartFrame.Pixels(point.Y));
        string shape = point.IsBelow ? $"m0 {-ArrowHeight / 2}v{ArrowHeight}m-3 -4l3 4l3 -4" : "m-3 -3l6 6m0 -6l-6 6";
        return point.IsMark
            ? $"""<path d="M{x} {y}{shape}" fill="none" stroke="{MarkColour}"/>"""
            : $"""<circle cx="{x}" cy="{y}" r="3.5" fill="{point.Colour}"/>""";
    }
}
