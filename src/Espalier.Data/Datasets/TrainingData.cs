namespace Espalier.Data;

/// <summary>A training set and a validation set.</summary>
/// <param name="Training">The samples to train on.</param>
/// <param name="Validation">The samples to validate on, which are not trained on.</param>
public sealed record TrainingData(IDataset Training, IDataset Validation)
{
    /// <summary>A message for users about the classes, or <see langword="null"/>.</summary>
    public string? Note { get; init; }
}
