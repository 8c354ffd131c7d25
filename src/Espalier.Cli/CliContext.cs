namespace Espalier.Cli;

/// <summary>The context of every verb: the terminal and the cancellation token.</summary>
/// <param name="Terminal">The terminal to print to.</param>
/// <param name="Cancellation">Canceled by Ctrl-C; a verb checks it at least every few seconds.</param>
internal sealed record CliContext(Terminal Terminal, CancellationToken Cancellation)
{
    /// <summary>The time that the process waits for the verb to stop after Ctrl-C; a verb that saves a checkpoint first sets a longer one.</summary>
    internal Interruption Interruption { get; init; } = new();

    /// <summary>The processes that share the work of the verb, where they were started by mpiexec; otherwise <see langword="null"/>.</summary>
    internal IProcessGroup? Processes { get; init; }

    /// <summary>Whether the first of several processes prints and writes files rather than this one.</summary>
    internal bool IsSilent => Processes is { Rank: > 0 };

    /// <summary>How many of them run on this machine.</summary>
    internal int ProcessesOfMachine { get; init; } = 1;

    /// <summary>Called with an exception that ends the verb, in place of reporting it, where processes share the work.</summary>
    internal Func<Exception, Command?, int>? Failed { get; init; }
}
