namespace Espalier.Cli;

/// <summary>Extension methods of commands.</summary>
internal static class CommandExtensions
{
    /// <summary>Adds options and arguments, in the order of the help.</summary>
    internal static void AddAll(this Command command, params IEnumerable<Symbol> symbols)
    {
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }
    }

    /// <summary>The first of some options that the command line has, or <see langword="null"/>.</summary>
    internal static Option? FirstGiven(this ParseResult parsed, params IEnumerable<Option> options) => options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });

    /// <summary>Throws if the command line has one of some options, which would be ignored for a file.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="purpose">What the options are for.</param>
    /// <param name="path">The file.</param>
    /// <param name="kind">What the file is instead.</param>
    /// <param name="options">The options.</param>
    internal static void Refuse(this ParseResult parsed, string purpose, string path, string kind, params IEnumerable<Option> options)
    {
        if (parsed.FirstGiven(options) is Option stray)
        {
            throw new EspalierException($"{stray.Name} is for {purpose}, and {path} is {kind}");
        }
    }
}
