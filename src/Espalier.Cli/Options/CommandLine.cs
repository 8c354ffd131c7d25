using System.CommandLine;

namespace Espalier.Cli.Options;

/// <summary>The command line as it could be typed.</summary>
internal static class CommandLine
{
    private const string Resume = "--resume";

    /// <summary>This command line with <c>--resume</c>.</summary>
    internal static string Continuing(ParseResult parsed)
    {
        IEnumerable<string> tokens = parsed.Tokens.Select(token => Quote(token.Value));
        return string.Join(' ', tokens.Contains(Resume) ? tokens.Prepend("espalier") : tokens.Prepend("espalier").Append(Resume));
    }

    /// <summary>In single quotes where a shell would take a character for more than itself.</summary>
    private static string Quote(string token) =>
        token.Length > 0 && token.All(c => char.IsLetterOrDigit(c) || "-_./:,=+@%".Contains(c)) ? token : $"'{token.Replace("'", "'\\''")}'";
}
