using Espalier.Data;

namespace Espalier;

/// <summary>A training set and a validation set with a network's outputs as classes.</summary>
/// <param name="Training">The training set.</param>
/// <param name="Validation">The validation set, which is not trained on.</param>
public sealed record MatchedTrainingData(MatchedDataset Training, MatchedDataset Validation)
{
    /// <summary>Messages for users about assumptions made when classes were matched.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Data that is used for evaluation only.</summary>
    internal static MatchedTrainingData MeasuredOn(MatchedDataset data) => new(data, data) { Notes = data.Note is string note ? [note] : [] };
}
