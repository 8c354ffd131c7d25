using System.Globalization;
using System.Net;
using System.Text;
using Espalier.Formats;

namespace Espalier.Training;

/// <summary>Draws charts side by side as an SVG picture.</summary>
public static class ChartDrawing
{
    private const int PanelWidth = 460;
    private const int Height = 340;
    private const int Left = 62;
    private const int Right = 18;
    private const int Top = 40;
    private const int Bottom = 50;

    // Okabe and Ito (2008), which colour-blind people tell apart too, but for two of the eight: black is the text's, and a brown stands for the yellow, which is too pale for lines on white.
    private static readonly string[] Palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#8C6D31"];

    /// <summary>Writes a file, atomically.</summary>
    /// <exception cref="Espalier.Tensors.EspalierException">The file cannot be written.</exception>
    public static void Write(string path, params IReadOnlyList<Chart> charts) =>
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Draw(charts))));

    /// <summary>The picture.</summary>
    public static string Draw(params IReadOnlyList<Chart> charts)
    {
        ArgumentNullException.ThrowIfNull(charts);
        int width = PanelWidth * charts.Count;
        var svg = new StringBuilder();
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {Height}" width="{width}" height="{Height}" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#222">""");
        Line(svg, $"""<rect width="{width}" height="{Height}" fill="#fff"/>""");
        for (int i = 0; i < charts.Count; i++)
        {
            Line(svg, $"""<g transform="translate({i * PanelWidth} 0)">""");
            Panel(svg, charts[i]);
            Line(svg, $"</g>");
        }

        Line(svg, $"</svg>");
        return svg.ToString();
    }

    private static void Panel(StringBuilder svg, Chart chart)
    {
        IEnumerable<CurvePoint> points = chart.Curves.SelectMany(curve => curve.Points);
        ChartAxis x = ChartAxis.Over(points.Select(point => point.X), fromZero: false, chart.Counts);
        ChartAxis y = ChartAxis.Over(points.Select(point => point.Y).Append(chart.Reaches ?? double.NaN), chart.FromZero, whole: false);
        Line(svg, $"""<text x="{Middle(Left, PanelWidth - Right)}" y="22" text-anchor="middle" font-size="14" font-weight="bold">{Escape(chart.Title)}</text>""");
        Axes(svg, x, y);
        Line(svg, $"""<text x="{Middle(Left, PanelWidth - Right)}" y="{Height - 12}" text-anchor="middle">{Escape(chart.Horizontal)}</text>""");
        Line(svg, $"""<text transform="translate(16 {Middle(Top, Height - Bottom)}) rotate(-90)" text-anchor="middle">{Escape(chart.Vertical)}</text>""");
        for (int i = 0; i < chart.Curves.Count; i++)
        {
            Path(svg, chart.Curves[i], Colour(chart.Curves[i], i), x, y);
        }

        foreach (Curve curve in chart.Curves.Where(curve => curve.Labels.Count > 0))
        {
            Dots(svg, curve, x, y);
        }

        if (chart.Curves.Count > 1 || chart.Curves.Any(curve => curve.Labels.Count == 0))
        {
            Legend(svg, chart);
        }
    }

    private static void Dots(StringBuilder svg, Curve curve, ChartAxis x, ChartAxis y)
    {
        (double X, double Y)[] places = [.. curve.Points.Select(point => (Across(x, point.X), Down(y, point.Y)))];
        var labels = new LabelPlacement(places, Left, PanelWidth - Right, Top, Height - Bottom);
        foreach ((int i, (double X, double Y) place) in places.Index().Where(each => double.IsFinite(each.Item.X) && double.IsFinite(each.Item.Y)))
        {
            (double textX, double textY) = labels.Place(place, curve.Labels[i]);
            Line(svg, $"""<circle cx="{Number(place.X)}" cy="{Number(place.Y)}" r="3.5" fill="{Colour(curve, 0)}"/>""");
            Line(svg, $"""<text x="{Number(textX)}" y="{Number(textY)}" font-size="11">{Escape(curve.Labels[i])}</text>""");
        }
    }

    private static void Axes(StringBuilder svg, ChartAxis x, ChartAxis y)
    {
        foreach (double tick in y.Ticks())
        {
            string at = Number(Down(y, tick));
            Line(svg, $"""<path d="M{Left} {at}H{PanelWidth - Right}" stroke="#e4e4e4"/>""");
            Line(svg, $"""<text x="{Left - 8}" y="{at}" dy="4" text-anchor="end">{Tick(tick, y)}</text>""");
        }

        foreach (double tick in x.Ticks())
        {
            string at = Number(Across(x, tick));
            Line(svg, $"""<path d="M{at} {Height - Bottom}v5" stroke="#222"/>""");
            Line(svg, $"""<text x="{at}" y="{Height - Bottom + 19}" text-anchor="middle">{Tick(tick, x)}</text>""");
        }

        Line(svg, $"""<path d="M{Left} {Top}V{Height - Bottom}H{PanelWidth - Right}" fill="none" stroke="#222"/>""");
    }

    private static void Path(StringBuilder svg, Curve curve, string colour, ChartAxis x, ChartAxis y)
    {
        var path = new StringBuilder();
        bool broken = true;
        foreach (CurvePoint point in curve.Points)
        {
            bool there = double.IsFinite(point.X) && double.IsFinite(point.Y);
            if (there)
            {
                path.Append(broken ? 'M' : 'L').Append(Number(Across(x, point.X))).Append(' ').Append(Number(Down(y, point.Y)));
            }

            broken = !there;
        }

        string dashes = curve.Dashed ? """ stroke-dasharray="6 4" """ : " ";
        Line(svg, $"""<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round"{dashes}/>""");
    }

    /// <summary>In the corner that curves of losses and errors leave free; over a veil, for those of accuracies.</summary>
    private static void Legend(StringBuilder svg, Chart chart)
    {
        const int RowHeight = 17;
        int width = 40 + (7 * chart.Curves.Max(curve => curve.Name.Length)); // some 7 pixels a letter at this size
        bool rising = chart.Curves[0].Points is { Count: > 0 } points && points[^1].Y > points[0].Y;
        int left = PanelWidth - Right - width - 6;
        int top = rising ? Height - Bottom - 10 - (RowHeight * chart.Curves.Count) : Top + 4;
        Line(svg, $"""<rect x="{left}" y="{top}" width="{width}" height="{(RowHeight * chart.Curves.Count) + 4}" fill="#fff" fill-opacity="0.8"/>""");
        for (int i = 0; i < chart.Curves.Count; i++)
        {
            int y = top + 12 + (RowHeight * i);
            string dashes = chart.Curves[i].Dashed ? """ stroke-dasharray="6 4" """ : " ";
            Line(svg, $"""<path d="M{left + 6} {y - 1}h22" stroke="{Colour(chart.Curves[i], i)}" stroke-width="2.5"{dashes}/>""");
            Line(svg, $"""<text x="{left + 34}" y="{y + 3}">{Escape(chart.Curves[i].Name)}</text>""");
        }
    }

    private static string Colour(Curve curve, int place) => Palette[(curve.Color ?? place) % Palette.Length];

    private static double Across(ChartAxis axis, double value) => Left + (axis.Place(value) * (PanelWidth - Left - Right));

    private static double Down(ChartAxis axis, double value) => Height - Bottom - (axis.Place(value) * (Height - Top - Bottom));

    private static int Middle(int from, int to) => (from + to) / 2;

    private static string Tick(double value, ChartAxis axis) => value.ToString("F" + axis.Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
