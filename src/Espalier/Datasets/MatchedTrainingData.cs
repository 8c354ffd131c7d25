using Espalier.Data;

namespace Espalier;

/// <summary>What a network learns from and what it is measured on, with its outputs as classes.</summary>
/// <param name="Training">What it learns from.</param>
/// <param name="Validation">Images that it never learns from.</param>
public sealed record MatchedTrainingData(MatchedDataset Training, MatchedDataset Validation)
{
    /// <summary>What was assumed about the classes, for people.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Data of which nothing is learnt.</summary>
    internal static MatchedTrainingData MeasuredOn(MatchedDataset data) => new(data, data) { Notes = data.Note is string note ? [note] : [] };
}
