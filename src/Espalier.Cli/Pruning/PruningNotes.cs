using Espalier.Data;

namespace Espalier.Cli;

/// <summary>Prints what was noticed about the images of a pruning: at the start about their files, at the end also about those that were read.</summary>
internal sealed class PruningNotes
{
    private readonly Terminal _terminal;
    private readonly PruningData? _data;

    internal PruningNotes(Terminal terminal, PruningData? data)
    {
        (_terminal, _data) = (terminal, data);
        Data = data is null ? new DataNotes(terminal) : new DataNotes(terminal, data.Matched.Training, data.Matched.Validation);
        Data.Tell();
    }

    /// <summary>The messages about the data, each of which is printed once.</summary>
    internal DataNotes Data { get; }

    /// <summary>Prints the messages that were not printed before, and the images that could not be read.</summary>
    internal void Tell()
    {
        Data.Tell();
        IReadOnlyList<SampleFailure> failures = _data?.Failures ?? [];
        if (failures.Count > 0)
        {
            _terminal.Warn($"{Amount.Exact(failures.Count)} of the images for accuracy and scores could not be read:");
        }

        foreach (SampleFailure failure in failures)
        {
            _terminal.Warn(failure.ToString());
        }
    }
}
