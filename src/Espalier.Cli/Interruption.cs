namespace Espalier.Cli;

/// <summary>How long a verb may take to stop once it was asked to.</summary>
internal sealed class Interruption
{
    /// <summary>After this time the process ends wherever it is. Verbs look for Ctrl-C between batches; one that has not within the usual three seconds is inside a batch too large to wait for.</summary>
    internal TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(3);
}
