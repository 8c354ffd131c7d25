using Espalier.Bench.Measuring;

namespace Espalier.Bench.Peers;

/// <summary>All that one run of the benchmark has to say.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Machine">Where it ran.</param>
/// <param name="Started">When.</param>
/// <param name="CommandLine">The options that it was given.</param>
/// <param name="Method">How it measured, in a sentence or two.</param>
/// <param name="Rows">What it measured.</param>
/// <param name="Failures">What could not be measured, and why.</param>
internal sealed record PeersReport(
    string Title, Machine Machine, DateTimeOffset Started, string CommandLine, string Method, IReadOnlyList<ContestResult> Rows, IReadOnlyList<string> Failures);
