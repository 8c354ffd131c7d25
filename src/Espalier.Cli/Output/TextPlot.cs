using System.Globalization;

namespace Espalier.Cli.Output;

/// <summary>Points in a pair of axes, drawn with letters.</summary>
/// <param name="vertical">What is on the vertical axis.</param>
/// <param name="horizontal">What is on the horizontal axis.</param>
/// <param name="points">The points, each with the few letters that mark it; of several in one place the later ones are seen.</param>
internal sealed class TextPlot(string vertical, string horizontal, IReadOnlyList<(double X, double Y, string Mark)> points)
{
    private const int Columns = 60;
    private const int Rows = 14;

    /// <summary>Prints it and an empty line.</summary>
    internal void Print(Terminal terminal)
    {
        (double X, double Y, string Mark)[] finite = [.. points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))];
        if (finite.Length == 0)
        {
            return;
        }

        (double left, double right) = Range([.. finite.Select(point => point.X)]);
        (double bottom, double top) = Range([.. finite.Select(point => point.Y)]);
        char[][] cells = [.. Enumerable.Range(0, Rows).Select(_ => new string(' ', Columns).ToCharArray())];
        foreach ((double x, double y, string mark) in finite)
        {
            int column = Math.Min(Place(x, left, right, Columns), Columns - mark.Length);
            mark.CopyTo(cells[Rows - 1 - Place(y, bottom, top, Rows)].AsSpan(column));
        }

        Print(terminal, cells, (Figure(bottom), Figure(top)), (Figure(left), Figure(right)));
    }

    private void Print(Terminal terminal, char[][] cells, (string Least, string Greatest) rows, (string Least, string Greatest) columns)
    {
        int margin = Math.Max(rows.Least.Length, rows.Greatest.Length);
        terminal.Out.WriteLine($"{new string(' ', margin)}   {vertical}");
        for (int row = 0; row < Rows; row++)
        {
            string label = row == 0 ? rows.Greatest : row == Rows - 1 ? rows.Least : "";
            terminal.Out.WriteLine($"{label.PadLeft(margin)} {(label.Length > 0 ? '┤' : '│')} {new string(cells[row]).TrimEnd()}".TrimEnd());
        }

        terminal.Out.WriteLine($"{new string(' ', margin)} └─{new string('─', Columns)}");
        terminal.Out.WriteLine($"{new string(' ', margin)}   {columns.Least.PadRight(Columns - columns.Greatest.Length)}{columns.Greatest}");
        terminal.Out.WriteLine($"{new string(' ', margin)}   {horizontal}");
        terminal.Out.WriteLine();
    }

    private static (double Least, double Greatest) Range(double[] values)
    {
        (double least, double greatest) = (values.Min(), values.Max());
        return greatest > least ? (least, greatest) : (least - 1, greatest + 1);
    }

    private static int Place(double value, double least, double greatest, int cells) => (int)Math.Round((value - least) / (greatest - least) * (cells - 1));

    private static string Figure(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
