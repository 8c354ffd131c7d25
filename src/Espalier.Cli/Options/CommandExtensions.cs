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
}
