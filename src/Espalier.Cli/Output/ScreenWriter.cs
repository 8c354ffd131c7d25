using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Espalier.Cli;

/// <summary>Puts lines on a screen: wrapped between words, and above the bar that moves there, if one does.</summary>
/// <param name="target">The terminal.</param>
/// <param name="screen">Its width and its bar.</param>
internal sealed partial class ScreenWriter(TextWriter target, Screen screen) : TextWriter
{
    private const int Indentation = 2; // of what continues a line that does not begin with a mark, beyond its own

    private readonly Lock _lock = new();
    private readonly StringBuilder _line = new();

    /// <inheritdoc/>
    public override Encoding Encoding => target.Encoding;

    /// <summary>A writer for what must not be wrapped: text for programs, command lines to be copied, and the bar itself.</summary>
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

    /// <summary>The lines of a text that is longer than a line: broken where it has gaps of several blanks, or else between words, and what continues it indented as far as its first words. A word that is longer than a line is left to the terminal.</summary>
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

        target.Flush(); // so that lines of both streams stay in their order
    }

    /// <summary>Columns, of which some letters take two.</summary>
    private static int Width(string text) => new Segment(text).CellCount();

    /// <summary>Blanks, and then the number of a paragraph (<c>1. </c>), who speaks (<c>note: </c>), or a title with a gap behind it (<c>memory  </c>).</summary>
    [GeneratedRegex(@"^ *(?<mark>\d+\. |(?:note|warning|espalier|steps): |\S+(?: \S+)? {2,})?")]
    private static partial Regex Mark();

    /// <summary>A word, or a figure and its unit, with the blanks in front of it and what follows up to the next gap.</summary>
    [GeneratedRegex(@"(?<blanks> *)(?=(?<field>\S+(?: \S+)*))(?<word>[(\d.,]+ (?:k|M|G|ms|[KMG]iB)\b\S*|\S+)")]
    private static partial Regex Word();
}
