namespace Espalier.Cli.Tests.Terminals;

public sealed class ScreenWriterTests
{
    [Theory]
    [InlineData("it fits", "it fits")]
    [InlineData("one two three four five six", "one two three four|  five six")]
    [InlineData("   one two three four five", "   one two three|     four five")]
    [InlineData("note: one two three four", "note: one two|      three four")]
    [InlineData("1. one two three four five", "1. one two three|   four five")]
    [InlineData("memory  1.5 MiB of 2 GiB", "memory  1.5 MiB of|        2 GiB")]
    [InlineData("there are about 590.1 KiB", "there are about|  590.1 KiB")]
    [InlineData("at step 5  loss 9.50 or so", "at step 5|  loss 9.50 or so")]
    [InlineData("a /path/that/is/longer/than/it to", "a|  /path/that/is/longer/than/it|  to")]
    public void Lines_are_broken_between_words_and_indented_as_they_begin(string text, string lines) =>
        Assert.Equal(lines.Split('|'), ScreenWriter.Wrap(text, 18));

    [Fact]
    public void Whatever_is_written_piece_by_piece_comes_out_in_lines_and_json_as_it_is()
    {
        using var target = new StringWriter { NewLine = "\n" };
        using var writer = new ScreenWriter(target, new Screen(() => 12));

        writer.Write("one two ");
        writer.Write("three four\r\nfive");
        Assert.Equal("one two\n  three four\n", target.ToString());
        writer.Flush();
        Assert.EndsWith("\nfive", target.ToString(), StringComparison.Ordinal);
        new Report("one two three four").Show(new Terminal(writer, TextWriter.Null), asJson: true);
        Assert.EndsWith("\"one two three four\"\n", target.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_screen_of_unknown_width_wraps_nothing()
    {
        using var target = new StringWriter { NewLine = "\n" };
        using var writer = new ScreenWriter(target, new Screen(() => 0));
        writer.WriteLine(new string('a', 50) + " " + new string('b', 50));
        Assert.Equal(2, target.ToString().Split('\n').Length);
    }
}
