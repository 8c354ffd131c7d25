using Espalier.Training;

namespace Espalier.Cli;

/// <summary>A scatter plot drawn with characters: each point is marked by the first word of its label, and a legend below lists the labels.</summary>
/// <param name="vertical">The title of the vertical axis.</param>
/// <param name="horizontal">The title of the horizontal axis.</param>
/// <param name="points">The points.</param>
internal sealed class TextPlot(string vertical, string horizontal, IEnumerable<TextPlot.Point> points)
{
    private const int Widest = 60;
    private const int Narrowest = 20;
    private const int Rows = 14;
    private const int Frame = 4; // columns of the vertical axis and the blanks around it

    private readonly Point[] _points = [.. points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))];

    /// <summary>A point.</summary>
    /// <param name="X">The horizontal coordinate.</param>
    /// <param name="Y">The vertical coordinate.</param>
    /// <param name="Label">The label, whose first word is the mark.</param>
    /// <param name="IsDrop">Whether it is marked by an arrow and excluded from the range of the vertical axis; a point below the range is drawn at its lower end.</param>
    internal readonly record struct Point(double X, double Y, string Label, bool IsDrop)
    {
        private const string Arrow = "↓";

        internal string Mark => Label.Split(' ')[0] + (IsDrop ? Arrow : "");

        internal string Legend => IsDrop ? string.Create(CultureInfo.InvariantCulture, $"{Label} {Arrow} {Y:0.##}") : Label;
    }

    /// <summary>The plot of a chart of steps, which are marked by their numbers.</summary>
    internal static TextPlot Of(Chart chart) => new(
        chart.Vertical,
        chart.Horizontal,
        chart.Curves
            .SelectMany(curve => curve.Points.Zip(curve.Labels, (point, label) => new Point(point.X, point.Y, label, curve.AreMarks)))
            .OrderBy(point => int.Parse(point.Label.Split(' ')[0], CultureInfo.InvariantCulture)));

    /// <summary>Prints the plot and an empty line.</summary>
    internal void Print(Terminal terminal)
    {
        if (_points.Length == 0)
        {
            return;
        }

        Point[] held = Array.FindAll(_points, point => !point.IsDrop) is { Length: > 0 } steady ? steady : _points;
        (double left, double right) = Range(_points.Select(point => point.X));
        (double bottom, double top) = Range(held.Select(point => point.Y));
        int margin = Math.Max(Figure(bottom).Length, Figure(top).Length);
        int columns = Math.Clamp(terminal.Width - margin - Frame, Narrowest, Widest);
        var canvas = new TextCanvas(Rows, columns);
        foreach (Point point in _points.OrderBy(point => point.IsDrop)) // drops are placed last
        {
            canvas.Put(point.Mark, Rows - 1 - Place(point.Y, bottom, top, Rows), Place(point.X, left, right, columns));
        }

        terminal.Out.WriteLine($"{new string(' ', margin)}   {vertical}");
        foreach ((int i, string row) in canvas.Rows.Index())
        {
            string label = i == 0 ? Figure(top) : i == Rows - 1 ? Figure(bottom) : "";
            terminal.Out.WriteLine($"{label.PadLeft(margin)} {(label.Length > 0 ? '┤' : '│')} {row}".TrimEnd());
        }

        terminal.Out.WriteLine($"{new string(' ', margin)} └─{new string('─', columns)}");
        terminal.Out.WriteLine($"{new string(' ', margin)}   {Figure(left).PadRight(columns - Figure(right).Length)}{Figure(right)}");
        terminal.Out.WriteLine($"{new string(' ', margin)}   {horizontal}");
        terminal.Out.WriteLine($"{new string(' ', margin)}   steps: {string.Join("  ", _points.Select(point => point.Legend))}");
        terminal.Out.WriteLine();
    }

    private static (double Least, double Greatest) Range(IEnumerable<double> values)
    {
        (double least, double greatest) = (values.Min(), values.Max());
        return greatest > least ? (least, greatest) : (least - 1, greatest + 1);
    }

    private static int Place(double value, double least, double greatest, int cells) =>
        (int)Math.Round((Math.Clamp(value, least, greatest) - least) / (greatest - least) * (cells - 1));

    private static string Figure(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
