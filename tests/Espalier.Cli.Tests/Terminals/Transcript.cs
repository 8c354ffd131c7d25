using System.Text.RegularExpressions;

namespace Espalier.Cli.Tests.Terminals;

/// <summary>What a program printed, taken apart.</summary>
internal sealed partial class Transcript
{
    private readonly string[] _lines;

    /// <param name="text">What was printed.</param>
    /// <param name="folder">The folder that the run wrote to, whose name differs between runs.</param>
    internal Transcript(string text, string folder)
    {
        string plain = Escape().Replace(text, "").Replace(folder, "OUT", StringComparison.Ordinal);
        // A carriage return begins the line anew, as a moving bar does.
        _lines = [.. plain.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r').Select(line => line.TrimEnd()).Where(line => !line.Contains("made it slower", StringComparison.Ordinal))];
    }

    /// <summary>The lines.</summary>
    internal IReadOnlyList<string> Lines => _lines;

    /// <summary>The tables: header and rows of each, without the rule between.</summary>
    internal IReadOnlyList<string[]> Tables
    {
        get
        {
            List<string[]> tables = [];
            foreach (int rule in Enumerable.Range(0, _lines.Length).Where(i => _lines[i].Length > 0 && _lines[i].Trim('─').Length == 0))
            {
                IEnumerable<string> header = _lines.Take(rule).Reverse().TakeWhile(line => line.Length > 0 && line[0] == ' ');
                tables.Add([.. header.Reverse(), .. _lines.Skip(rule + 1).TakeWhile(line => line.Length > 0)]);
            }

            return tables;
        }
    }

    /// <summary>All words; without numbers where those differ between runs.</summary>
    internal static HashSet<string> Words(IEnumerable<string> lines, bool withNumbers) =>
        [.. lines.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(word => withNumbers || !Number().IsMatch(word))];

    /// <summary>The words of the first column of a table, from top to bottom.</summary>
    internal static string[] Key(string[] table)
    {
        int margin = table.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return [.. table.Where(line => line.Length > margin && line[margin] != ' ').SelectMany(line => Gap().Split(line[margin..])[0].Split(' '))];
    }

    /// <summary>Whether a line cannot be broken: it has one word, with a title in front of it perhaps.</summary>
    internal static bool IsOneWord(string line) => OneWord().IsMatch(line);

    /// <summary>Whether a line is a command line, which is whole so that it can be copied.</summary>
    internal static bool IsCommand(string line) => line.StartsWith("  espalier ", StringComparison.Ordinal);

    /// <summary>The lines with figures and what depends on their lengths left out.</summary>
    internal IEnumerable<string> WithoutNumbers => _lines.Select(line => Blanks().Replace(Figures().Replace(line, "#"), " "));

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]|\e[=>]")]
    private static partial Regex Escape();

    [GeneratedRegex(@"^[(+−-]?[\d.,:]+(e[+-]\d+)?[%);.,]*$")]
    private static partial Regex Number();

    [GeneratedRegex(@"[+−-]?\d[\d.,:]*(e[+-]\d+)?%?")]
    private static partial Regex Figures();

    [GeneratedRegex(@"^ *(\S+(?: \S+)? {2,})?\S+$")]
    private static partial Regex OneWord();

    [GeneratedRegex("  +")]
    private static partial Regex Gap();

    [GeneratedRegex("[ ─▁▂▃▄▅▆▇█]+")]
    private static partial Regex Blanks();
}
