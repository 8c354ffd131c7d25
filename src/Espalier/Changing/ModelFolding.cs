using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier;

/// <summary>Folds models for inference.</summary>
public static class ModelFolding
{
    /// <summary>Collapses every linear part of a network into one convolution where that is exact, and compares both networks on samples. The result is one for inference: norms count with their running statistics.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What is folded.</param>
    /// <param name="data">Images to compare on, as for <see cref="ModelComparing.CompareWith"/>; <see langword="null"/> for random numbers.</param>
    /// <param name="cancellation">When to stop.</param>
    public static FoldedModel Fold(this Model model, FoldOptions? options = null, string? data = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new FoldOptions();
        ComparisonSamples samples = ModelComparing.Open(ref model, data, new ComparisonOptions { Runtime = options.Runtime });
        return Fold(model, options, samples, cancellation).Record(ModelHistory.Begin(model, null, null, cancellation), null, cancellation);
    }

    internal static FoldedModel Fold(Model before, FoldOptions options, ComparisonSamples samples, CancellationToken cancellation)
    {
        var folding = new LinearFoldingOptions(options.Always);
        FoldingReport report = InferenceFolding.Fold(before, folding);
        cancellation.ThrowIfCancellationRequested();
        PassPlan? residuals = options.RemovesResiduals ? new ResidualRemoval().Plan(report.After) : null;
        Model after = residuals is null ? report.After : report.After.Apply(new ResidualRemoval());
        ModelComparison comparison = samples.Compare(before, after, ("the network before", "the network after"), cancellation);
        LineageEntry entry = comparison.Complete(report.ToLineage(folding, comparison.Difference));
        return new FoldedModel(after, report, comparison)
        {
            KeptResiduals = residuals is null ? [] : residuals.Refusals,
            Entry = residuals is null ? entry : entry with { Settings = entry.Settings.Add(new("remove_residuals", "true")) },
        };
    }
}

/// <summary>What is folded.</summary>
public sealed record FoldOptions
{
    /// <summary>Whether to merge whatever is exact, also where one layer takes more multiply-accumulates or bytes than what it replaces.</summary>
    public bool Always { get; init; }

    /// <summary>Whether shortcuts are carried through their branches in channels of their own, where that is exact: a plain network with more channels.</summary>
    public bool RemovesResiduals { get; init; }

    /// <summary>What runs both networks to compare them; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</summary>
    public IRuntime? Runtime { get; init; }
}

/// <summary>A model that was folded for inference.</summary>
/// <param name="Model">The model, its lineage included.</param>
/// <param name="Report">What was merged, what was not, and why.</param>
/// <param name="Comparison">The model before and this one on the same samples.</param>
public sealed record FoldedModel(Model Model, FoldingReport Report, ModelComparison Comparison)
{
    /// <summary>The shortcuts that stayed where they were to be removed, and why.</summary>
    public ImmutableArray<Refusal> KeptResiduals { get; init; } = [];

    internal LineageEntry? Entry { get; init; }

    /// <summary>The model, how much was merged, and the comparison.</summary>
    public override string ToString() => $"{Model}; {Report.Merges.Length} merges; {Comparison}";

    /// <summary>With a lineage: that of the model before, and the fold.</summary>
    internal FoldedModel Record(Model begun, IRuntime? timing, CancellationToken cancellation) =>
        this with { Model = ModelHistory.Note(Comparison.Continue(Model, begun, Entry!), Comparison.SecondAccuracy, timing, cancellation) };
}
