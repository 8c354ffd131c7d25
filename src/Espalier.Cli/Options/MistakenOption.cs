using System.CommandLine.Parsing;

namespace Espalier.Cli;

/// <summary>Finds options that no verb has and that the parser therefore takes for files: <c>classify m.espalier --tpo 1 dog.jpg</c>.</summary>
internal static class MistakenOption
{
    private const string EndOfOptions = "--";

    /// <summary>Throws if an argument, or a further value of an option that takes several, looks like an option. After <c>--</c> everything is a value.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="args">The same as words.</param>
    internal static void RequireNone(ParseResult parsed, IReadOnlyList<string> args)
    {
        string[] literal = [.. args.SkipWhile(word => word != EndOfOptions)];
        if (Values(parsed.CommandResult).FirstOrDefault(value => IsOption(value) && !literal.Contains(value)) is string mistaken)
        {
            throw new EspalierException($"{ParseFailure.UnknownOption(parsed, mistaken)}; a file of that name is ./{mistaken}, or comes after --");
        }
    }

    private static IEnumerable<string> Values(CommandResult command) => command.Children
        .Where(child => child is ArgumentResult or OptionResult { Option.Arity.MaximumNumberOfValues: > 1 })
        .SelectMany(child => child.Tokens)
        .Select(token => token.Value);

    /// <summary>A hyphen and more, which is no number.</summary>
    private static bool IsOption(string value) => value.Length > 1 && value[0] == '-' && value != EndOfOptions && !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
