using System.Globalization;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier;

/// <summary>The result of <see cref="ModelPruning.Prune"/>.</summary>
/// <param name="Model">The pruned model, with the pruning in its lineage.</param>
/// <param name="Steps">The figures before pruning, after each pruning step and after each recovery.</param>
public sealed record PrunedModel(Model Model, IReadOnlyList<PrunedFigures> Steps)
{
    /// <summary>The result of the last pruning step, or <see langword="null"/> if it was done by an earlier run that this one resumed.</summary>
    public PruningResult? Last { get; init; }

    /// <summary>The latencies before and after, or <see langword="null"/> if <see cref="PruneOptions.Measures"/> is not set.</summary>
    public PruneSpeed? Speed { get; init; }

    /// <summary>Messages for users about assumptions made when classes were matched, about the files of the data (<see cref="IDataset.Notes"/>), and about images that could not be read.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The model, and the figures of the last step.</summary>
    public override string ToString() => Steps.Count == 0 ? $"{Model}" : string.Create(CultureInfo.InvariantCulture, $"{Model}; {Steps[^1].Title}: {Steps[^1].Figures.NonZeros} weights that are not zero")
        + (Steps.Count > 0 && Steps[^1].Figures.Accuracy is double accuracy ? string.Create(CultureInfo.InvariantCulture, $", accuracy {accuracy:0.0%}") : "");
}

/// <summary>The figures of a model after a step of a pruning.</summary>
/// <param name="Title">The step: <c>before</c>, <c>pruned 1/3</c>, <c>fine-tuned 1/3</c>.</param>
/// <param name="Figures">The figures.</param>
public readonly record struct PrunedFigures(string Title, ModelFigures Figures);
