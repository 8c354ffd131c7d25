using System.Text.Json;
using Espalier.Graphs;

namespace Espalier.Cli;

/// <summary>What one pruning did, in the words of its kind.</summary>
/// <param name="after">The pruned model, its lineage included.</param>
internal abstract class PruneOutcome(Model after)
{
    /// <summary>The pruned model.</summary>
    internal Model After => after;

    /// <summary>Whether anything went.</summary>
    internal abstract bool RemovedAnything { get; }

    /// <summary>Prints what went.</summary>
    internal abstract void Print(Terminal terminal);

    /// <summary>Writes the same as properties of a JSON object.</summary>
    internal abstract void Write(Utf8JsonWriter json);
}
