namespace Espalier.Cli;

/// <summary>The time that a verb may take to stop after a signal.</summary>
internal sealed class Interruption
{
    /// <summary>After this time the process ends unconditionally; 3 s by default. Verbs check for cancellation between batches.</summary>
    internal TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(3);
}
