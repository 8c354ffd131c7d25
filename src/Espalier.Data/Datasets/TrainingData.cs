namespace Espalier.Data;

/// <summary>What a network learns from, and what it is measured on.</summary>
/// <param name="Training">What it learns from.</param>
/// <param name="Validation">Samples that it never learns from.</param>
public sealed record TrainingData(IDataset Training, IDataset Validation)
{
    /// <summary>What is worth knowing about their classes, for people, or <see langword="null"/>.</summary>
    public string? Note { get; init; }
}
