namespace Espalier.Cli;

/// <summary>What every verb is given: where to print, and when to stop.</summary>
/// <param name="Terminal">Where to print.</param>
/// <param name="Cancellation">Set by Ctrl-C; a verb looks at it between two pieces of work of at most a few seconds.</param>
internal sealed record CliContext(Terminal Terminal, CancellationToken Cancellation)
{
    /// <summary>How long the process waits for that; a verb that has work to save asks for more.</summary>
    internal Interruption Interruption { get; init; } = new();
}
