using System.CommandLine;

namespace Espalier.Cli;

/// <summary>The command line as it could be typed.</summary>
internal static class CommandLine
{
    private const string Resume = "--resume";

    /// <summary>This command line.</summary>
    internal static string Of(ParseResult parsed) => string.Join(' ', parsed.Tokens.Select(token => Quote(token.Value)).Prepend("espalier"));

    /// <summary>This command line with <c>--resume</c>.</summary>
    internal static string Continuing(ParseResult parsed) => parsed.Tokens.Any(token => token.Value == Resume) ? Of(parsed) : $"{Of(parsed)} {Resume}";

    /// <summary>In single quotes where a shell would take a character for more than itself.</summary>
    internal static string Quote(string token) =>
        token.Length > 0 && token.All(c => char.IsLetterOrDigit(c) || "-_./:,=+@%".Contains(c)) ? token : $"'{token.Replace("'", "'\\''")}'";
}
