using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Folds models for inference.</summary>
public static class ModelFolding
{
    /// <summary>Merges linear operations into convolutions where that is exact, folds norms into layers with quantized weights (<see cref="QuantizedNormFolding"/>), and compares both models on samples. The result is for inference only: norms are folded with their running statistics.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">The folding options; <see langword="null"/> for the defaults.</param>
    /// <param name="data">The images to compare both models on, as for <see cref="ModelComparing.CompareWith"/>; <see langword="null"/> for random inputs.</param>
    /// <param name="cancellation">Cancels the operation.</param>
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
        ValueList<string> removed = options.RemoveFurtherOutputs ? [.. before.Graph.Outputs.Skip(1)] : [];
        Model kept = removed.Count == 0 ? before : before.Apply(new FurtherOutputRemoval());
        FoldingReport report = InferenceFolding.FoldUnrecorded(kept, folding) with { Before = before };
        cancellation.ThrowIfCancellationRequested();
        PassPlan norms = new QuantizedNormFolding().Plan(report.After);
        Model integers = report.After.Apply(norms.Patches).Apply(new StochasticDepthFolding(quantized: true));
        report = report with { After = integers, Refusals = [.. report.Refusals.Where(refusal => refusal.Rule != MergeRule.StochasticDepth || integers.Graph[refusal.Node].Op is StochasticDepth)] };
        PassPlan? residuals = options.RemoveResiduals ? new ResidualRemoval().Plan(report.After) : null;
        Model after = residuals is null ? report.After : report.After.Apply(new ResidualRemoval());
        ModelComparison comparison = samples.Compare(before, after, ("the network before", "the network after"), new SharedWork(null, cancellation));
        LineageEntry entry = comparison.Complete(report.ToLineage(folding, comparison.Difference));
        return new FoldedModel(after, report, comparison)
        {
            KeptResiduals = residuals is null ? [] : residuals.Refusals,
            QuantizedNorms = norms.Patches.Length,
            KeptNorms = norms.Refusals,
            Entry = entry with
            {
                Settings =
                [
                    .. entry.Settings,
                    .. norms.Patches.IsEmpty ? (LineageSetting[])[] : [new("quantized_norms", $"{norms.Patches.Length}")],
                    .. residuals is null ? (LineageSetting[])[] : [new("remove_residuals", "true")],
                    .. removed.Count == 0 ? (LineageSetting[])[] : [new("removed_outputs", string.Join(", ", removed))],
                ],
            },
        };
    }
}

/// <summary>The options of <see cref="ModelFolding.Fold(Model, FoldOptions?, string?, CancellationToken)"/>.</summary>
public sealed record FoldOptions
{
    /// <summary>Whether to merge operations wherever that is exact, even if the merged layer has more multiply-accumulates or bytes than the layers that it replaces.</summary>
    public bool Always { get; init; }

    /// <summary>Whether to remove shortcuts where that is exact, by passing their values through additional channels of the branch. The result is a plain network with more channels.</summary>
    public bool RemoveResiduals { get; init; }

    /// <summary>Whether to remove the outputs after the first, such as the auxiliary classifiers of training, and the layers that only they need. The lineage names them (<c>removed_outputs</c>).</summary>
    public bool RemoveFurtherOutputs { get; init; }

    /// <summary>What runs both networks to compare them; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</summary>
    public IRuntime? Runtime { get; init; }
}

/// <summary>A model that was folded for inference.</summary>
/// <param name="Model">The folded model, with the fold in its lineage.</param>
/// <param name="Report">The merged operations, and the ones that were not merged with the reasons.</param>
/// <param name="Comparison">The comparison of the model before and after folding on the same samples.</param>
public sealed record FoldedModel(Model Model, FoldingReport Report, ModelComparison Comparison)
{
    /// <summary>The shortcuts that could not be removed although <see cref="FoldOptions.RemoveResiduals"/> is set, and the reasons.</summary>
    public ImmutableArray<Refusal> KeptResiduals { get; init; } = [];

    /// <summary>The number of norms that were folded into layers with quantized weights (<see cref="QuantizedNormFolding"/>); the report's merges are those of other layers.</summary>
    public int QuantizedNorms { get; init; }

    /// <summary>The norms behind layers with quantized weights that could not be folded, and the reasons.</summary>
    public ImmutableArray<Refusal> KeptNorms { get; init; } = [];

    internal LineageEntry? Entry { get; init; }

    /// <summary>The model, the number of merges, and the comparison.</summary>
    public override string ToString() => $"{Model}; {Report.Merges.Length} merges; {Comparison}";

    /// <summary>Adds the fold to the lineage of the model before it.</summary>
    internal FoldedModel Record(Model begun, IRuntime? timing, CancellationToken cancellation) =>
        this with { Model = ModelHistory.Note(Comparison.Continue(Model, begun, Entry!), Comparison.SecondAccuracy, timing, cancellation) };
}
