using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The output of a training.</summary>
/// <param name="Continuation">The command line that resumes the training, shown when it is interrupted.</param>
/// <param name="Lines">The writer of the lines for epochs: standard output, or with --json standard error.</param>
internal sealed record TrainingOutput(string Continuation, TextWriter Lines)
{
    /// <summary>Adds figures to the last lineage entry of the trained model; by default none.</summary>
    internal Func<Model, Model> Ledger { get; init; } = model => model;

    /// <summary>Receives the session before the first step; <see langword="null"/> for none.</summary>
    internal Action<TrainingSession>? Begun { get; init; }

    /// <summary>Receives every step, as the terminal does; <see langword="null"/> for none.</summary>
    internal IProgress<TrainingProgress>? Steps { get; init; }

    /// <summary>Receives every epoch; <see langword="null"/> for none.</summary>
    internal Action<EpochRecord>? Epochs { get; init; }

    /// <summary>The messages about the data of several trainings, of which each is printed once; <see langword="null"/> for those of one training.</summary>
    internal DataNotes? Notes { get; init; }
}
