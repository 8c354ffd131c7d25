namespace Espalier.Cli;

/// <summary>The option --rename: maps the parameter names of a checkpoint to those of the network.</summary>
internal static class RenameOptions
{
    private const string Arrow = "=>";

    internal static Option<string[]> Create() => new("--rename")
    {
        Description = "Replaces every match of a regular expression in the checkpoint's parameter names; may be given several times: --rename '\\bconv\\.=>conv1.'",
        HelpName = "REGEX=>TEXT",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    internal static IReadOnlyList<RenameRule> Read(ParseResult parsed, Option<string[]> option) =>
        [.. (parsed.GetValue(option) ?? []).Select(Rule)];

    /// <summary><c>REGEX=>TEXT</c>, or <c>REGEX=TEXT</c>, which needs no quotes in a shell.</summary>
    private static RenameRule Rule(string text)
    {
        int arrow = text.LastIndexOf(Arrow, StringComparison.Ordinal);
        return arrow > 0 ? new RenameRule(text[..arrow], text[(arrow + Arrow.Length)..]) : RenameRule.Parse(text);
    }
}
