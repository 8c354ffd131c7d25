namespace Espalier.Cli;

/// <summary>The command line as text.</summary>
internal static class CommandLine
{
    private const string Resume = "--resume";

    /// <summary>The command line, quoted for a shell.</summary>
    internal static string Of(ParseResult parsed) => string.Join(' ', parsed.Tokens.Select(token => Quote(token.Value)).Prepend("espalier"));

    /// <summary>The command line with <c>--resume</c>.</summary>
    internal static string Continuing(ParseResult parsed) => parsed.Tokens.Any(token => token.Value == Resume) ? Of(parsed) : $"{Of(parsed)} {Resume}";

    /// <summary>A token, in single quotes if it has characters that are special in a shell.</summary>
    internal static string Quote(string token) =>
        token.Length > 0 && token.All(c => char.IsLetterOrDigit(c) || "-_./:,=+@%".Contains(c)) ? token : $"'{token.Replace("'", "'\\''")}'";
}
