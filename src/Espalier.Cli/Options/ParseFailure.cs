using System.CommandLine.Parsing;

namespace Espalier.Cli;

/// <summary>Describes the error of a command line in one line.</summary>
internal static class ParseFailure
{
    internal static string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string help = command is RootCommand ? "espalier --help" : $"espalier {command.Name} --help";
        return $"{Fault(parsed, command).TrimEnd('.')} (see '{help}')";
    }

    /// <summary>Refuses empty texts, which are neither paths nor names.</summary>
    internal static void RequireNoEmptyText(ParseResult parsed)
    {
        foreach (SymbolResult result in parsed.CommandResult.Children.Where(result => result.Tokens.Any(token => token.Value.Length == 0)))
        {
            (string name, Type type) = result switch
            {
                OptionResult option => (option.Option.Name, option.Option.ValueType),
                ArgumentResult argument => (argument.Argument.Name, argument.Argument.ValueType),
                _ => ("", typeof(object)),
            };
            if (type == typeof(string) || type == typeof(string[]))
            {
                throw new EspalierException($"{name} is empty");
            }
        }
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
            IEnumerable<string> options = command.Options.Concat(RootOptions(parsed)).Select(option => option.Name);
            return $"unknown option '{token}'{SimilarNames.Suggest(token, options)}";
        }

        return command is RootCommand
            ? $"unknown verb '{token}'{SimilarNames.Suggest(token, command.Subcommands.Select(verb => verb.Name))}"
            : $"unexpected argument '{token}'";
    }

    private static IEnumerable<Option> RootOptions(ParseResult parsed) =>
        parsed.RootCommandResult.Command.Options.Where(option => option.Recursive);
}
