using Spectre.Console;

namespace Espalier.Cli.Output;

/// <summary>A table under construction: text columns to the left, numbers to the right. Wrapped only on a real terminal.</summary>
internal sealed class TablePrinter
{
    private readonly Table _table = new() { Border = TableBorder.Simple };

    /// <summary>Adds a column of text.</summary>
    internal TablePrinter Text(string header)
    {
        _table.AddColumn(new TableColumn(Markup.Escape(header)));
        return this;
    }

    /// <summary>Adds a column of numbers.</summary>
    internal TablePrinter Number(string header)
    {
        _table.AddColumn(new TableColumn(Markup.Escape(header)) { Alignment = Justify.Right, NoWrap = true });
        return this;
    }

    /// <summary>Adds a row.</summary>
    internal void Row(params IEnumerable<string> cells) => _table.AddRow([.. cells.Select(cell => new Text(cell))]);

    /// <summary>Prints it and an empty line.</summary>
    internal void Print(Terminal terminal)
    {
        using var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = terminal.Width;
        console.Write(_table);
        foreach (string line in text.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0))
        {
            terminal.Out.WriteLine(line); // without the blanks that Spectre fills lines with
        }

        terminal.Out.WriteLine();
    }
}
