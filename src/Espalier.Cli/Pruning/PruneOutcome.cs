using System.Text.Json;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>What one pruning did, in the words of its granularity.</summary>
internal abstract class PruneOutcome
{
    /// <summary>The words for a result.</summary>
    internal static PruneOutcome Of(PruningRequest request, PruningResult result) => request switch
    {
        WeightPruning => new WeightPruningOutcome(result),
        ChannelPruning channels => new ChannelPruningOutcome(result, channels),
        _ => new BlockPruningOutcome(result),
    };

    /// <summary>Prints what went.</summary>
    internal abstract void Print(Terminal terminal);

    /// <summary>Writes the same as properties of a JSON object.</summary>
    internal abstract void Write(Utf8JsonWriter json);
}
