using System.CommandLine;

namespace Espalier.Cli;

/// <summary>Adds several options and arguments at once.</summary>
internal static class CommandExtensions
{
    /// <summary>In the order in which the help shows them.</summary>
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
