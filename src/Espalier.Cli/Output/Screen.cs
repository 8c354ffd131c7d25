using Spectre.Console;

namespace Espalier.Cli;

/// <summary>An interactive terminal: its width and the progress bar on it, above which lines are printed.</summary>
/// <param name="columns">Returns the width, which can change while a verb runs.</param>
internal sealed class Screen(Func<int> columns)
{
    /// <summary>The width in columns.</summary>
    internal int Columns => columns();

    /// <summary>The console that draws the progress bar and prints lines above it, or <see langword="null"/> if there is no bar.</summary>
    internal IAnsiConsole? Bar { get; set; }

    /// <summary>The width of this process's terminal in columns, or 0 if the system does not report it.</summary>
    internal static int ColumnsOfProcess()
    {
        const int Least = 60; // neither standard input nor output is a terminal whose width can be read: a width that nearly all terminals have
        return Console.IsInputRedirected && Console.IsOutputRedirected ? Least : Console.WindowWidth;
    }
}
