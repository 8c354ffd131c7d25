using System.Globalization;
using System.Net;
using System.Text;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Draws heat maps as SVG pictures.</summary>
internal static class HeatMapDrawing
{
    private const int CellWidth = 52;
    private const int CellHeight = 18;
    private const int Top = 60;
    private const int Bottom = 34;
    private const int Margin = 14;
    private const double LetterWidth = 6.2; // in pixels, at font size 11

    // The colour scale runs from white to the vermillion of Okabe and Ito (2008), on which black text is still readable.
    private static readonly (int Red, int Green, int Blue) s_full = (0xD5, 0x5E, 0x00);

    /// <summary>Writes an SVG file atomically.</summary>
    /// <exception cref="Espalier.Tensors.EspalierException">The file cannot be written.</exception>
    public static void Write(string path, HeatMap map) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Draw(map))));

    /// <summary>Returns the text of an SVG file.</summary>
    public static string Draw(HeatMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        int left = Margin + 8 + (int)(LetterWidth * map.Rows.Select(row => row.Name.Length).DefaultIfEmpty(0).Max());
        int width = left + (CellWidth * map.Columns.Count) + Margin;
        int height = Top + (CellHeight * map.Rows.Count) + Bottom;
        var svg = new StringBuilder();
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="Helvetica, Arial, sans-serif" font-size="11" fill="#222">""");
        Line(svg, $"""<rect width="{width}" height="{height}" fill="#fff"/>""");
        Line(svg, $"""<text x="{width / 2}" y="22" text-anchor="middle" font-size="14" font-weight="bold">{Escape(map.Title)}</text>""");
        for (int i = 0; i < map.Columns.Count; i++)
        {
            Line(svg, $"""<text x="{left + (CellWidth * i) + (CellWidth / 2)}" y="{Top - 6}" text-anchor="middle">{Escape(map.Columns[i])}</text>""");
        }

        for (int i = 0; i < map.Rows.Count; i++)
        {
            Row(svg, map, map.Rows[i], left, Top + (CellHeight * i));
        }

        Line(svg, $"""<text x="{left + (CellWidth * map.Columns.Count / 2)}" y="{height - 12}" text-anchor="middle" font-size="12">{Escape(map.Horizontal)}</text>""");
        Line(svg, $"</svg>");
        return svg.ToString();
    }

    private static void Row(StringBuilder svg, HeatMap map, HeatMapRow row, int left, int top)
    {
        int baseline = top + CellHeight - 5;
        Line(svg, $"""<text x="{left - 8}" y="{baseline}" text-anchor="end">{Escape(row.Name)}</text>""");
        for (int i = 0; i < row.Values.Count; i++)
        {
            int x = left + (CellWidth * i);
            Line(svg, $"""<rect x="{x}" y="{top}" width="{CellWidth}" height="{CellHeight}" fill="{Colour(map, row.Values[i])}" stroke="#fff"/>""");
            Line(svg, $"""<text x="{x + (CellWidth / 2)}" y="{baseline}" text-anchor="middle">{Escape(row.Texts[i])}</text>""");
        }
    }

    private static string Colour(HeatMap map, double value)
    {
        double share = map.Greatest > map.Least ? (value - map.Least) / (map.Greatest - map.Least) : 0;
        share = double.IsNaN(share) ? 1 : Math.Clamp(share, 0, 1); // NaN gets the colour of the largest value
        int Mix(int full) => (int)Math.Round(255 + (share * (full - 255)));
        return string.Create(CultureInfo.InvariantCulture, $"#{Mix(s_full.Red):x2}{Mix(s_full.Green):x2}{Mix(s_full.Blue):x2}");
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
