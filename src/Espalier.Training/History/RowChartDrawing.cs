using System.Globalization;
using System.Net;
using System.Text;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Draws charts of rows as SVG pictures.</summary>
internal static class RowChartDrawing
{
    private const int PlotWidth = 320;
    private const int RowHeight = 22;
    private const int PlotHeight = 18; // of a row; the rest is a gap
    private const int Top = 40;
    private const int LegendHeight = 22;
    private const int Bottom = 46;
    private const int Margin = 14;
    private const int Gap = 8; // between name, plot and text
    private const double LetterWidth = 6.2; // in pixels, at font size 11

    /// <summary>Writes an SVG file atomically.</summary>
    /// <exception cref="EspalierException">The file cannot be written.</exception>
    public static void Write(string path, RowChart chart) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Draw(chart))));

    /// <summary>Returns the text of an SVG file.</summary>
    public static string Draw(RowChart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        int left = Margin + Gap + Widest(chart.Rows.Select(row => row.Name));
        int width = Math.Max(left + PlotWidth + Gap + Widest(chart.Rows.Select(row => row.Text)) + Margin, 2 * Margin + Widest([chart.Title + "    "]));
        int top = Top + (chart.Colors.Count > 0 ? LegendHeight : 0);
        int bottom = top + (RowHeight * chart.Rows.Count);
        var svg = new StringBuilder();
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom + Bottom}" width="{width}" height="{bottom + Bottom}" font-family="Helvetica, Arial, sans-serif" font-size="11" fill="#222">""");
        Line(svg, $"""<rect width="{width}" height="{bottom + Bottom}" fill="#fff"/>""");
        Line(svg, $"""<text x="{width / 2}" y="22" text-anchor="middle" font-size="14" font-weight="bold">{Escape(chart.Title)}</text>""");
        Legend(svg, chart.Colors, left);
        Ticks(svg, chart.Axis, left, top, bottom);
        for (int i = 0; i < chart.Rows.Count; i++)
        {
            Row(svg, chart.Rows[i], left, top + (RowHeight * i));
        }

        Line(svg, $"""<text x="{left + (PlotWidth / 2)}" y="{bottom + Bottom - 12}" text-anchor="middle" font-size="12">{Escape(chart.Horizontal)}</text>""");
        Line(svg, $"</svg>");
        return svg.ToString();
    }

    private static void Legend(StringBuilder svg, ValueList<string> colors, int left)
    {
        int x = left;
        for (int i = 0; i < colors.Count; i++)
        {
            Line(svg, $"""<rect x="{x}" y="{Top - 6}" width="12" height="12" fill="{ChartDrawing.Colour(i)}"/>""");
            Line(svg, $"""<text x="{x + 16}" y="{Top + 4}">{Escape(colors[i])}</text>""");
            x += 32 + Widest([colors[i]]);
        }
    }

    private static void Ticks(StringBuilder svg, ChartAxis? axis, int left, int top, int bottom)
    {
        foreach (double tick in axis?.Ticks() ?? [])
        {
            string x = ChartFrame.Pixels(left + (PlotWidth * axis!.Value.Place(tick)));
            Line(svg, $"""<path d="M{x} {top}V{bottom + 4}" stroke="#e4e4e4"/>""");
            Line(svg, $"""<text x="{x}" y="{bottom + 16}" text-anchor="middle">{tick.ToString("F" + axis.Value.Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)}</text>""");
        }
    }

    private static void Row(StringBuilder svg, BarRow row, int left, int top)
    {
        int bottom = top + PlotHeight;
        Line(svg, $"""<text x="{left - Gap}" y="{bottom - 5}" text-anchor="end">{Escape(row.Name)}</text>""");
        foreach (IGrouping<int, RowBar> bars in row.Bars.GroupBy(bar => bar.Color))
        {
            var path = new StringBuilder();
            foreach (RowBar bar in bars.Where(bar => bar.Right > bar.Left && bar.Top > bar.Bottom))
            {
                string width = ChartFrame.Pixels(PlotWidth * (bar.Right - bar.Left));
                path.Append(CultureInfo.InvariantCulture, $"M{ChartFrame.Pixels(left + (PlotWidth * bar.Left))} {ChartFrame.Pixels(bottom - (PlotHeight * bar.Bottom))}h{width}V{ChartFrame.Pixels(bottom - (PlotHeight * bar.Top))}h-{width}z");
            }

            Line(svg, $"""<path d="{path}" fill="{ChartDrawing.Colour(bars.Key)}"/>""");
        }

        Line(svg, $"""<path d="M{left} {bottom}h{PlotWidth}" stroke="#bbb"/>""");
        Line(svg, $"""<text x="{left + PlotWidth + Gap}" y="{bottom - 5}">{Escape(row.Text)}</text>""");
    }

    private static int Widest(IEnumerable<string> texts) => (int)(LetterWidth * texts.Select(text => text.Length).DefaultIfEmpty(0).Max());

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
