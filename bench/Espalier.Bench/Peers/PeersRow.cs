using System.Collections.Immutable;
using System.Globalization;

namespace Espalier.Bench.Peers;

/// <summary>A network and how it is run: a row of a report.</summary>
/// <param name="Section">The heading that it stands under, or empty.</param>
/// <param name="Network">A name of the zoo.</param>
internal sealed record PeersRow(string Section, string Network)
{
    /// <summary>Rows and columns of the images; 0 for the network's own.</summary>
    internal int Size { get; init; }

    /// <summary>The fraction of the convolutions' weights that are zero.</summary>
    internal double Zeros { get; init; }

    /// <summary>Whether the network is in 8 bits.</summary>
    internal bool IsQuantized { get; init; }

    internal int Threads { get; init; } = 1;

    internal int Batch { get; init; } = 1;

    /// <summary>Whether it is its network's first row: the one for which fresh processes are started, and all peers take part.</summary>
    internal bool IsFirst { get; init; } = true;

    /// <summary>What is exported for it.</summary>
    internal string Export => string.Create(
        CultureInfo.InvariantCulture, $"{Network}{(Size > 0 ? $" at {Size}x{Size}" : "")}{(Zeros > 0 ? $" with {Zeros:P0} zeros" : "")}{(IsQuantized ? " in 8 bits" : "")}");

    public override string ToString() => $"{Export}, {Threads} {(Threads == 1 ? "thread" : "threads")}, batch {Batch}";

    /// <summary>Every combination of what the options list.</summary>
    internal static ImmutableArray<PeersRow> All(PeersOptions options) =>
    [
        .. from precision in options.Precisions
           from network in options.Models
           from size in options.Sizes
           from zeros in options.Zeros
           from threads in options.Threads
           from batch in options.Batches
           let isQuantized = precision == PeersOptions.Int8
           select new PeersRow("", network)
           {
               Size = size,
               Zeros = zeros,
               IsQuantized = isQuantized,
               Threads = threads,
               Batch = batch,
               IsFirst = threads == options.Threads[0] && batch == options.Batches[0],
           },
    ];
}
