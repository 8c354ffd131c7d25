namespace Espalier.Cli;

/// <summary>The context of every verb: the terminal and the cancellation token.</summary>
/// <param name="Terminal">The terminal to print to.</param>
/// <param name="Cancellation">Canceled by Ctrl-C; a verb checks it at least every few seconds.</param>
internal sealed record CliContext(Terminal Terminal, CancellationToken Cancellation)
{
    /// <summary>The time that the process waits for the verb to stop after Ctrl-C; a verb that saves a checkpoint first sets a longer one.</summary>
    internal Interruption Interruption { get; init; } = new();
}
