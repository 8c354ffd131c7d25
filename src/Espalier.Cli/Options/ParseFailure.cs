namespace Espalier.Cli;

/// <summary>Says in one line what is wrong with a command line.</summary>
internal static class ParseFailure
{
    internal static string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string help = command is RootCommand ? "espalier --help" : $"espalier {command.Name} --help";
        return $"{Fault(parsed, command).TrimEnd('.')} (see '{help}')";
    }

    private static string Fault(ParseResult parsed, Command command)
    {
        if (parsed.UnmatchedTokens.Count == 0)
        {
            return parsed.Errors[0].Message;
        }

        string token = parsed.UnmatchedTokens[0];
        if (token.StartsWith('-'))
        {
            return UnknownOption(parsed, token);
        }

        return command is RootCommand
            ? $"unknown verb '{token}'{SimilarNames.Suggest(token, command.Subcommands.Select(verb => verb.Name))}"
            : $"unexpected argument '{token}'";
    }

    /// <summary>The error of an option that the verb does not have.</summary>
    internal static string UnknownOption(ParseResult parsed, string token) =>
        $"unknown option '{token}'{SimilarNames.Suggest(token, parsed.CommandResult.Command.Options.Concat(RootOptions(parsed)).Select(option => option.Name))}";

    private static IEnumerable<Option> RootOptions(ParseResult parsed) =>
        parsed.RootCommandResult.Command.Options.Where(option => option.Recursive);
}
