using System.Globalization;
using System.Net;
using System.Text;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Draws charts side by side as an SVG picture.</summary>
internal static class ChartDrawing
{
    // The palette of Okabe and Ito (2008), which is distinguishable for colour-blind people, with two changes: black is left to the text, and a brown replaces the yellow, which is too pale for lines on white.
    private static readonly string[] Palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#8C6D31"];

    /// <summary>Writes an SVG file atomically.</summary>
    /// <exception cref="Espalier.Tensors.EspalierException">The file cannot be written.</exception>
    public static void Write(string path, params IReadOnlyList<Chart> charts) =>
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Draw(charts))));

    /// <summary>Returns the text of an SVG file.</summary>
    public static string Draw(params IReadOnlyList<Chart> charts)
    {
        ArgumentNullException.ThrowIfNull(charts);
        int width = ChartFrame.Width * charts.Count;
        var svg = new StringBuilder();
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {ChartFrame.Height}" width="{width}" height="{ChartFrame.Height}" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#222">""");
        Line(svg, $"""<rect width="{width}" height="{ChartFrame.Height}" fill="#fff"/>""");
        for (int i = 0; i < charts.Count; i++)
        {
            Line(svg, $"""<g transform="translate({i * ChartFrame.Width} 0)">""");
            Panel(svg, charts[i]);
            Line(svg, $"</g>");
        }

        Line(svg, $"</svg>");
        return svg.ToString();
    }

    private static void Panel(StringBuilder svg, Chart chart)
    {
        ChartFrame frame = ChartFrame.Of(chart);
        Line(svg, $"""<text x="{Middle(ChartFrame.Left, ChartFrame.Right)}" y="22" text-anchor="middle" font-size="14" font-weight="bold">{Escape(chart.Title)}</text>""");
        Axes(svg, frame);
        Line(svg, $"""<text x="{Middle(ChartFrame.Left, ChartFrame.Right)}" y="{ChartFrame.Height - 12}" text-anchor="middle">{Escape(chart.Horizontal)}</text>""");
        Line(svg, $"""<text transform="translate(16 {Middle(ChartFrame.Top, ChartFrame.Bottom)}) rotate(-90)" text-anchor="middle">{Escape(chart.Vertical)}</text>""");
        foreach ((int i, Curve curve) in chart.Curves.Index().Where(each => !each.Item.AreMarks))
        {
            Path(svg, curve, Colour(curve, i), frame);
        }

        foreach (string point in ChartPoints.Draw(chart, frame, i => Colour(chart.Curves[i], i)))
        {
            Line(svg, $"{point}");
        }

        if (chart.Curves.Any(curve => curve.Labels.Count == 0 && !curve.AreMarks))
        {
            Legend(svg, chart, frame);
        }
    }

    private static void Axes(StringBuilder svg, ChartFrame frame)
    {
        foreach (double tick in frame.Y.Ticks())
        {
            string at = ChartFrame.Pixels(frame.Down(tick));
            Line(svg, $"""<path d="M{ChartFrame.Left} {at}H{ChartFrame.Right}" stroke="#e4e4e4"/>""");
            Line(svg, $"""<text x="{ChartFrame.Left - 8}" y="{at}" dy="4" text-anchor="end">{Tick(tick, frame.Y)}</text>""");
        }

        foreach (double tick in frame.X.Ticks())
        {
            string at = ChartFrame.Pixels(frame.Across(tick));
            Line(svg, $"""<path d="M{at} {ChartFrame.Bottom}v5" stroke="#222"/>""");
            Line(svg, $"""<text x="{at}" y="{ChartFrame.Bottom + 19}" text-anchor="middle">{Tick(tick, frame.X)}</text>""");
        }

        Line(svg, $"""<path d="M{ChartFrame.Left} {ChartFrame.Top}V{ChartFrame.Bottom}H{ChartFrame.Right}" fill="none" stroke="#222"/>""");
    }

    private static void Path(StringBuilder svg, Curve curve, string colour, ChartFrame frame)
    {
        var path = new StringBuilder();
        bool broken = true;
        foreach (CurvePoint point in curve.Points)
        {
            bool there = double.IsFinite(point.X) && double.IsFinite(point.Y);
            if (there)
            {
                path.Append(broken ? 'M' : 'L').Append(ChartFrame.Pixels(frame.Across(point.X))).Append(' ').Append(ChartFrame.Pixels(frame.Down(point.Y)));
            }

            broken = !there;
        }

        string dashes = curve.Dashed ? """ stroke-dasharray="6 4" """ : " ";
        Line(svg, $"""<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round"{dashes}/>""");
    }

    /// <summary>Draws the legend in the corner with the fewest curves, on a semi-transparent white background.</summary>
    private static void Legend(StringBuilder svg, Chart chart, ChartFrame frame)
    {
        const int RowHeight = 17;
        int width = 40 + (7 * chart.Curves.Max(curve => curve.Name.Length)); // about 7 pixels per letter at this size
        int height = (RowHeight * chart.Curves.Count) + 4;
        (double X, double Y) corner = new LabelPlacement([], frame.Lines(chart)).Corner(width, height);
        (int left, int top) = ((int)corner.X, (int)corner.Y);
        Line(svg, $"""<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="#fff" fill-opacity="0.8"/>""");
        for (int i = 0; i < chart.Curves.Count; i++)
        {
            int y = top + 12 + (RowHeight * i);
            string dashes = chart.Curves[i].Dashed ? """ stroke-dasharray="6 4" """ : " ";
            Line(svg, $"""<path d="M{left + 6} {y - 1}h22" stroke="{Colour(chart.Curves[i], i)}" stroke-width="2.5"{dashes}/>""");
            Line(svg, $"""<text x="{left + 34}" y="{y + 3}">{Escape(chart.Curves[i].Name)}</text>""");
        }
    }

    /// <summary>A colour of the palette.</summary>
    internal static string Colour(int place) => Palette[place % Palette.Length];

    private static string Colour(Curve curve, int place) => Colour(curve.Color ?? place);

    private static int Middle(int from, int to) => (from + to) / 2;

    private static string Tick(double value, ChartAxis axis) => value.ToString("F" + axis.Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
