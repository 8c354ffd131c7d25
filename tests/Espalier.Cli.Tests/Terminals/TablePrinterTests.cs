namespace Espalier.Cli.Tests.Terminals;

public sealed class TablePrinterTests
{
    [Fact]
    public void Tables_of_any_columns_keep_every_word_at_every_width()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            int columns = random.Next(60, 220);
            (TablePrinter table, string[] cells) = Draw(random);
            string[] lines = Print(table, columns);

            Assert.All(lines, line => Assert.True(line.Length <= columns, $"seed {seed}, round {round}: {line.Length} of {columns} columns: {line}"));
            var words = cells.SelectMany(cell => cell.Split(' ')).Where(word => word.Length > 0).ToHashSet();
            var shown = lines.Where(line => line.Trim('─').Length > 0).SelectMany(line => line.Split(' ')).Where(word => word.Length > 0).ToHashSet();
            Assert.True(words.SetEquals(shown), $"seed {seed}, round {round}, {columns} columns:\n{string.Join('\n', lines)}");
        }
    }

    [Fact]
    public void In_a_pipe_a_table_is_as_wide_as_it_is()
    {
        using var output = new StringWriter();
        TablePrinter table = new TablePrinter().Text("name").Text("what");
        table.Row("a", string.Join(' ', Enumerable.Repeat("word", 200)));
        table.Print(new Terminal(output, TextWriter.Null));
        Assert.Equal(4, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length + 1);
    }

    [Fact]
    public void A_table_in_parts_repeats_its_keys_and_a_word_longer_than_the_screen_is_all_that_breaks()
    {
        TablePrinter table = new TablePrinter { Keys = 2 }.Text("step").Text("what").Number("first").Number("second").Number("third");
        string digits = new('7', 15);
        table.Row("1", "load", digits, digits, digits);
        string[] lines = Print(table, 40);
        Assert.Equal(3, lines.Count(line => line.StartsWith(" 1     load  ", StringComparison.Ordinal)));

        table = new TablePrinter().Text("name").Number("size");
        table.Row(new string('x', 70), "123,456");
        lines = Print(table, 60);
        Assert.Equal(70, lines.Sum(line => line.Count(letter => letter == 'x')));
        Assert.Contains(lines, line => line.EndsWith(" 123,456", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(line.Length <= 60));
    }

    [Fact]
    public void A_header_that_is_too_long_is_broken_before_the_key_is()
    {
        TablePrinter table = new TablePrinter().Text("").Number(new string('p', 70)).Number(new string('q', 70)).Number("share");
        table.Row("effective MACs", "22,331,008", "10,174,944", "45.56%");
        string[] lines = Print(table, 60);
        Assert.Contains(lines, line => line.Contains("effective MACs", StringComparison.Ordinal) && line.Contains("22,331,008", StringComparison.Ordinal));
        Assert.Equal(70, lines.Sum(line => line.Count(letter => letter == 'p')));
        Assert.All(lines, line => Assert.True(line.Length <= 60));
    }

    [Fact]
    public void Control_characters_of_names_are_shown_and_not_obeyed()
    {
        TablePrinter table = new TablePrinter().Text("name");
        table.Row("a\nb\e[31mc\td\u0001");
        Assert.Contains(Print(table, 80), line => line.Contains(@"a\nb\e[31mc\td\x01", StringComparison.Ordinal));
        using var error = new StringWriter();
        new Terminal(TextWriter.Null, error).Warn("x\ny");
        Assert.Equal(@"warning: x\ny", error.ToString().TrimEnd());
    }

    private static string[] Print(TablePrinter table, int columns)
    {
        using var output = new StringWriter();
        var screen = new Screen(() => columns);
        using var writer = new ScreenWriter(output, screen);
        table.Print(new Terminal(writer, TextWriter.Null) { Screen = screen });
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r'))];
    }

    /// <summary>A key, and text and numbers behind it, of words as long as real ones.</summary>
    private static (TablePrinter Table, string[] Cells) Draw(Random random)
    {
        string Word(string letters, int longest) => new([.. Enumerable.Range(0, random.Next(1, longest)).Select(_ => letters[random.Next(letters.Length)])]);
        string Words() => string.Join(' ', Enumerable.Range(0, random.Next(1, 8)).Select(_ => Word("abcdefgh", 14)));
        List<string> cells = ["key"];
        TablePrinter table = new TablePrinter().Text("key");
        bool[] numbers = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(3) > 0)];
        foreach (bool number in numbers)
        {
            cells.Add(Words());
            table = number ? table.Number(cells[^1]) : table.Text(cells[^1]);
        }

        for (int row = 0; row < 4; row++)
        {
            string[] made = [$"{row} {Word("abcdefgh", 12)}", .. numbers.Select(number => number ? Word("0123456789", 14) : Words())];
            cells.AddRange(made);
            table.Row(made);
        }

        return (table, [.. cells]);
    }
}
