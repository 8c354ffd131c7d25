namespace Espalier.Training;

/// <summary>Places the labels of points within the axes of a chart, one after another, so that they overlap neither each other nor points nor lines where possible.</summary>
internal sealed class LabelPlacement(IReadOnlyList<(double X, double Y)> points, IReadOnlyList<((double X, double Y) From, (double X, double Y) To)> lines)
{
    private const double LetterWidth = 6; // about 6 pixels at font size 11
    private const double Height = 11;
    private const double Gap = 6;
    private const double Dot = 4;
    private const int Lines = 10; // the largest distance of a label from its point, in text lines
    private const double Bead = 2; // the distance in pixels between the points that represent a line
    private const double Away = 0.3; // the overlap in square pixels that one pixel less of distance outweighs

    private readonly List<(double Left, double Top, double Right, double Bottom)> _taken = [.. points.Select(point => Around(point, Dot)), .. lines.SelectMany(Beads)];

    /// <summary>Chooses the position of a point's label: the left end of its baseline.</summary>
    internal (double X, double Y) Place((double X, double Y) point, string text)
    {
        double width = text.Length * LetterWidth;
        (double X, double Y)[] candidates = [.. Candidates(point, width).Where(place => place.X >= ChartFrame.Left + Dot && place.X + width <= ChartFrame.Right && place.Y - Height >= ChartFrame.Top && place.Y <= ChartFrame.Bottom - Dot)];
        (double X, double Y)[] all = candidates.Length > 0 ? candidates : [(point.X + Gap, point.Y - Gap)];
        (double X, double Y) chosen = all.MinBy(place => Covered(Box(place, width)) + (Away * Math.Abs(place.Y - point.Y)));
        _taken.Add(Box(chosen, width));
        return chosen;
    }

    /// <summary>The end of the leader line from a point to its label, or <see langword="null"/> if the label is close enough to need none.</summary>
    internal static (double X, double Y)? Lead((double X, double Y) point, (double X, double Y) place, string text)
    {
        const double Far = 2 * Height;
        (double X, double Y) end = (Math.Clamp(point.X, place.X, place.X + (text.Length * LetterWidth)), Math.Clamp(point.Y, place.Y - Height, place.Y + 2));
        return Math.Abs(end.Y - point.Y) > Far ? end : null;
    }

    /// <summary>The upper left corner of a box, placed in the corner of the axes where it overlaps the least.</summary>
    internal (double X, double Y) Corner(double width, double height)
    {
        const double Margin = 6;
        (double X, double Y)[] corners =
        [
            .. from y in (double[])[ChartFrame.Top + Margin, ChartFrame.Bottom - Margin - height]
               from x in (double[])[ChartFrame.Right - Margin - width, ChartFrame.Left + Margin]
               select (x, y),
        ];
        return corners.MinBy(corner => Covered((corner.X, corner.Y, corner.X + width, corner.Y + height)));
    }

    /// <summary>Candidate positions: beside the point, then at growing distances above and below; right of the point before left of it or centred.</summary>
    private static IEnumerable<(double X, double Y)> Candidates((double X, double Y) point, double width)
    {
        for (int line = 0; line <= Lines; line++)
        {
            foreach (double y in (double[])[point.Y + Dot - (line * Height), point.Y + Dot + (line * Height)])
            {
                yield return (point.X + Gap, y);
                yield return (point.X - Gap - width, y);
                yield return (point.X - (width / 2), y);
                yield return (Math.Max(ChartFrame.Left + Dot, point.X - width), y);
            }
        }
    }

    private static IEnumerable<(double Left, double Top, double Right, double Bottom)> Beads(((double X, double Y) From, (double X, double Y) To) line)
    {
        (double x, double y) = (line.To.X - line.From.X, line.To.Y - line.From.Y);
        int count = 1 + (int)(Math.Sqrt((x * x) + (y * y)) / Bead);
        return Enumerable.Range(0, count).Select(i => Around((line.From.X + (x * i / count), line.From.Y + (y * i / count)), Bead));
    }

    private double Covered((double Left, double Top, double Right, double Bottom) box) =>
        _taken.Sum(other => Math.Max(0, Math.Min(box.Right, other.Right) - Math.Max(box.Left, other.Left)) * Math.Max(0, Math.Min(box.Bottom, other.Bottom) - Math.Max(box.Top, other.Top)));

    private static (double Left, double Top, double Right, double Bottom) Box((double X, double Y) place, double width) =>
        (place.X, place.Y - Height, place.X + width, place.Y);

    private static (double Left, double Top, double Right, double Bottom) Around((double X, double Y) point, double reach) =>
        (point.X - reach, point.Y - reach, point.X + reach, point.Y + reach);
}
