using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Espalier.Cli;

/// <summary>Writes lines to a terminal: wrapped between words, and above the progress bar if there is one.</summary>
/// <param name="target">The terminal.</param>
/// <param name="screen">Its width and its bar.</param>
internal sealed partial class ScreenWriter(TextWriter target, Screen screen) : TextWriter
{
    private const int Indentation = 2; // additional indentation of continuation lines if the first line has no mark

    private readonly Lock _lock = new();
    private readonly StringBuilder _line = new();

    /// <inheritdoc/>
    public override Encoding Encoding => target.Encoding;

    /// <summary>The writer for output that must not be wrapped: JSON, command lines to be copied, and the progress bar.</summary>
    internal static TextWriter Unwrapped(TextWriter writer) => writer is ScreenWriter screen ? screen.Target : writer;

    private TextWriter Target => target;

    /// <inheritdoc/>
    public override void Write(char value)
    {
        lock (_lock)
        {
            if (value == '\n')
            {
                Put(_line.ToString().TrimEnd('\r'));
                _line.Clear();
            }
            else
            {
                _line.Append(value);
            }
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        lock (_lock)
        {
            target.Write(_line.ToString());
            target.Flush();
            _line.Clear();
        }
    }

    /// <summary>Wraps a text: breaks lines at gaps of several blanks, otherwise between words, and indents continuation lines to the first words. A word longer than a line is not broken.</summary>
    internal static IEnumerable<string> Wrap(string text, int columns)
    {
        if (Width(text) <= columns)
        {
            return [text];
        }

        Match start = Mark().Match(text);
        int mark = start.Length;
        string indentation = new(' ', start.Groups["mark"].Success ? mark : mark + Indentation);
        List<string> lines = [];
        string line = text[..mark];
        bool begun = false;
        foreach (Match word in Word().Matches(text[mark..]))
        {
            string blanks = word.Groups["blanks"].Value;
            string field = blanks.Length > 1 && Width(indentation + word.Groups["field"]) <= columns ? word.Groups["field"].Value : word.Groups["word"].Value;
            if (begun && Width(line + blanks + field) > columns)
            {
                lines.Add(line);
                (line, begun) = (indentation, false);
            }

            line += (begun ? blanks : "") + word.Groups["word"].Value;
            begun = true;
        }

        return [.. lines, line];
    }

    private void Put(string text)
    {
        foreach (string line in screen.Columns > 0 ? Wrap(text, screen.Columns) : [text])
        {
            if (screen.Bar is IAnsiConsole bar)
            {
                bar.WriteLine(line);
            }
            else
            {
                target.WriteLine(line);
            }
        }

        target.Flush(); // keeps the lines of both streams in order
    }

    /// <summary>The width of a text in columns; some characters are two columns wide.</summary>
    private static int Width(string text) => new Segment(text).CellCount();

    /// <summary>The mark of a line: blanks followed by a paragraph number (<c>1. </c>), a prefix (<c>note: </c>), or a title followed by a gap (<c>memory  </c>).</summary>
    [GeneratedRegex(@"^ *(?<mark>\d+\. |(?:note|warning|espalier|steps): |\S+(?: \S+)? {2,})?")]
    private static partial Regex Mark();

    /// <summary>A word, or a number and its unit, with the blanks before it and the text up to the next gap.</summary>
    [GeneratedRegex(@"(?<blanks> *)(?=(?<field>\S+(?: \S+)*))(?<word>[(\d.,]+ (?:k|M|G|ms|[KMG]iB)\b\S*|\S+)")]
    private static partial Regex Word();
}
