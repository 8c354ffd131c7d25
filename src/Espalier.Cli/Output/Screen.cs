using Spectre.Console;

namespace Espalier.Cli;

/// <summary>The terminal that a person looks at: its width, and the bar that moves on it, which lines have to stay clear of.</summary>
/// <param name="columns">Tells the width, which may change while a verb runs.</param>
internal sealed class Screen(Func<int> columns)
{
    /// <summary>How many letters fit into a line.</summary>
    internal int Columns => columns();

    /// <summary>What draws the bar, while there is one: it puts lines above it.</summary>
    internal IAnsiConsole? Bar { get; set; }

    /// <summary>The width of this process's terminal, or 0 where the system does not know it.</summary>
    internal static int ColumnsOfProcess()
    {
        const int Least = 60; // neither standard input nor output is a terminal that could be asked: narrow enough for all that are in use
        return Console.IsInputRedirected && Console.IsOutputRedirected ? Least : Console.WindowWidth;
    }
}
