using System.Globalization;
using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier;

/// <summary>A pruned model.</summary>
/// <param name="Model">The model, its lineage included.</param>
/// <param name="Steps">The model's figures before, after each pruning and after each recovery.</param>
public sealed record PrunedModel(Model Model, IReadOnlyList<PrunedFigures> Steps)
{
    /// <summary>What the last pruning did, or <see langword="null"/> where an earlier run did it that this one went on with.</summary>
    public PruningResult? Last { get; init; }

    /// <summary>How fast it is beside the model before, or <see langword="null"/> where that was not measured.</summary>
    public PruneSpeed? Speed { get; init; }

    /// <summary>What was assumed about the data's classes, for people.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The model, and the figures of the last step.</summary>
    public override string ToString() => Steps.Count == 0 ? $"{Model}" : string.Create(CultureInfo.InvariantCulture, $"{Model}; {Steps[^1].Title}: {Steps[^1].Figures.NonZeros} weights that are not zero")
        + (Steps.Count > 0 && Steps[^1].Figures.Accuracy is double accuracy ? string.Create(CultureInfo.InvariantCulture, $", accuracy {accuracy:0.0%}") : "");
}

/// <summary>A model's figures at one point of a pruning.</summary>
/// <param name="Title">Which: <c>before</c>, <c>pruned 1/3</c>, <c>fine-tuned 1/3</c>.</param>
/// <param name="Figures">The figures.</param>
public readonly record struct PrunedFigures(string Title, ModelFigures Figures);
