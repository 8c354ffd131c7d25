using Espalier.Graphs;

namespace Espalier.Cli;

/// <summary>Where a training is and how it is told of.</summary>
/// <param name="Folder">Where checkpoints, history and the result go.</param>
/// <param name="Resume">Whether to resume from the folder's checkpoint.</param>
/// <param name="Continuation">The command line that resumes the training, shown when it is interrupted.</param>
/// <param name="Lines">Where epochs are told.</param>
internal sealed record TrainingPlace(string Folder, bool Resume, string Continuation, TextWriter Lines)
{
    /// <summary>What is noted at the last step of the result's lineage besides what training knows; nothing unless said otherwise.</summary>
    internal Func<Model, Model> Ledger { get; init; } = model => model;
}
