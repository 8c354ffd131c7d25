using Spectre.Console;
using Spectre.Console.Rendering;

namespace Espalier.Cli;

/// <summary>Builds and prints a table, with text left-aligned and numbers right-aligned. On a terminal it is fitted to the width; in a pipe it is not wrapped.</summary>
internal sealed class TablePrinter
{
    private readonly List<(string Header, bool IsNumber)> _columns = [];
    private readonly List<string[]> _rows = [];

    /// <summary>The number of leading columns that identify a row; they are repeated if a table is printed in parts.</summary>
    internal int Keys { get; init; } = 1;

    /// <summary>Adds a column of text.</summary>
    internal TablePrinter Text(string header)
    {
        _columns.Add((header, false));
        return this;
    }

    /// <summary>Adds a column of numbers.</summary>
    internal TablePrinter Number(string header)
    {
        _columns.Add((header, true));
        return this;
    }

    /// <summary>Adds a row.</summary>
    internal void Row(params IEnumerable<string> cells) => _rows.Add([.. cells.Select(Visible.Text)]);

    /// <summary>Prints the table and an empty line.</summary>
    internal void Print(Terminal terminal)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(TextWriter.Null),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        RenderOptions options = RenderOptions.Create(console, console.Profile.Capabilities);
        TableLayout.Column[] columns = [.. _columns.Select((_, i) => Measure(i, options))];
        var layout = new TableLayout(columns, Keys, terminal.Width);
        foreach (IReadOnlyList<(int Column, int Width)> part in layout.Tables())
        {
            string text = string.Concat(((IRenderable)Part(part, layout.IsDense)).Render(options, terminal.Width).Select(segment => segment.Text));
            foreach (string line in text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0))
            {
                terminal.Out.WriteLine(line); // without the trailing blanks that Spectre adds
            }

            terminal.Out.WriteLine();
        }
    }

    private TableLayout.Column Measure(int column, RenderOptions options)
    {
        Measurement Widths(string text) => ((IRenderable)new Text(text)).Measure(options, int.MaxValue);
        Measurement header = Widths(_columns[column].Header);
        Measurement[] cells = [.. _rows.Select(row => Widths(row[column])).DefaultIfEmpty()];
        int cell = cells.Max(each => each.Max);
        return new TableLayout.Column(_columns[column].IsNumber, Math.Max(header.Min, cells.Max(each => each.Min)), cell, Math.Max(header.Max, cell));
    }

    private Table Part(IReadOnlyList<(int Column, int Width)> columns, bool isDense)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach ((int column, int width) in columns)
        {
            (string header, bool isNumber) = _columns[column];
            table.AddColumn(new TableColumn(new Text(header)) { Width = width, Alignment = isNumber ? Justify.Right : Justify.Left, Padding = new Spectre.Console.Padding(isDense ? 0 : 1, 0, 1, 0) });
        }

        foreach (string[] row in _rows)
        {
            table.AddRow(columns.Select(each => new Text(row[each.Column])));
        }

        return table;
    }
}
