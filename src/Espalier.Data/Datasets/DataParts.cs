namespace Espalier.Data;

/// <summary>The parts that were found in a path; a part is read when it is needed.</summary>
/// <param name="Training">Opens the part to train on, or all of the data if it has no parts; <see langword="null"/> if there is only a part to evaluate on.</param>
/// <param name="Validation">Opens the part to validate or test on, if there is one.</param>
internal sealed record DataParts(Func<IDataset>? Training, Func<IDataset>? Validation)
{
    /// <summary>The names of the training part's classes, for parts that may have other ones; <see langword="null"/> if all parts have the same classes.</summary>
    internal Func<IReadOnlyList<string>>? Classes { get; init; }

    internal (IDataset Training, IDataset? Validation) ForTraining() =>
        Training is null ? (Validation!(), null) : (Training(), Validation?.Invoke());

    internal (IDataset Data, IReadOnlyList<string>? Classes) ForEvaluation() =>
        Validation is null ? (Training!(), null) : (Validation(), Classes?.Invoke());
}
