using System.Collections.Immutable;

namespace Espalier.Bench.Training;

/// <summary>What the benchmark is asked for.</summary>
internal readonly record struct TrainingBenchOptions()
{
    /// <summary>Which networks.</summary>
    internal ImmutableArray<string> Networks { get; init; } = [.. TrainingRow.Peers.Select(row => row.Network), TrainingRow.Depth.Network];

    /// <summary>Two unless told: Debian's PyTorch is abnormally slow on one.</summary>
    internal int Threads { get; init; } = 2;

    /// <summary>Timed steps of each contestant.</summary>
    internal int Steps { get; init; } = 40;

    internal TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Timed seconds of each contestant at the most.</summary>
    internal TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The Markdown file; the CSV file lies beside it.</summary>
    internal string? Output { get; init; }
}
