using System.Collections.Immutable;
using System.Globalization;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Replaces trained convolutions by multi-branch blocks.</summary>
public static class ModelExpansion
{
    /// <summary>Replaces trained convolutions, with the batch norms after them, by multi-branch blocks with the same output, so that fine-tuning starts with the accuracy of the plain network. <see cref="ModelFolding.Fold(Model, FoldOptions?, string?, CancellationToken)"/> merges the branches again.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">The kind of block and the convolutions to replace.</param>
    /// <param name="data">The images to compare both models on, as for <see cref="ModelComparing.CompareWith"/>; <see langword="null"/> for random inputs.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="EspalierException">The kind of block does not exist, a pattern matches no convolution, or no convolution can be expanded.</exception>
    public static ExpandedModel Expand(this Model model, ExpandOptions options, string? data = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        OptionCheck.NotNull(options.Block, $"{nameof(ExpandOptions)}.{nameof(options.Block)}");
        ComparisonSamples samples = ModelComparing.Open(ref model, data, new ComparisonOptions { Runtime = options.Runtime });
        return Expand(model, options, samples, cancellation).Record(ModelHistory.Begin(model, null, null, cancellation), null, cancellation);
    }

    internal static ExpandedModel Expand(Model before, ExpandOptions options, ComparisonSamples samples, CancellationToken cancellation)
    {
        if (!double.IsFinite(options.Gamma))
        {
            throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"{nameof(ExpandOptions.Gamma)} is {options.Gamma}; expected a finite number"));
        }

        Func<Value, string, MultiBranchOptions, Value> block = MultiBranchKinds.Find(options.Block).Builder();
        if (FindUseless(before.Graph, options.Scopes) is string useless)
        {
            throw new EspalierException($"no convolution matches the scope {useless}");
        }

        var pass = new ConvolutionExpansion(
            (scope, convolution, input) => MultiBranchModels.Build(scope, convolution, input, block, options.Gamma, options.Seed),
            options.Scopes.Count == 0 ? null : node => options.Scopes.Any(pattern => ScopePattern.Matches(pattern, node.Name)));
        PassPlan plan = pass.Plan(before);
        Model after = plan.Patches.IsEmpty
            ? throw new EspalierException(plan.Refusals.IsEmpty ? "the network has no convolution with a kernel larger than 1x1" : $"none of {plan.Refusals.Length} convolutions can be expanded; {plan.Refusals[0].Node}: {plan.Refusals[0].Reason}")
            : before.Apply(plan.Patches);
        ModelComparison comparison = samples.Compare(before, after, ("the network before", "the network after"), new SharedWork(null, cancellation));
        return new ExpandedModel(after, [.. plan.Patches.Select(patch => patch.Reason)], plan.Refusals, comparison) { Entry = comparison.Complete(Lineage(options, plan, comparison.Difference)) };
    }

    /// <summary>The first pattern that matches no convolution, or <see langword="null"/>.</summary>
    internal static string? FindUseless(Graph graph, IEnumerable<string> patterns) =>
        patterns.FirstOrDefault(pattern => !graph.Nodes.Any(node => node.Op is Conv2d && ScopePattern.Matches(pattern, node.Name)));

    private static LineageEntry Lineage(ExpandOptions options, PassPlan plan, OutputDifference difference) => new(
        "expand",
        [
            new("block", options.Block), new("scope", string.Join(' ', options.Scopes)), new("gamma", options.Gamma.ToString(CultureInfo.InvariantCulture)),
            new("convolutions", plan.Patches.Length.ToString(CultureInfo.InvariantCulture)),
        ],
        [new("maximum_difference", difference.Maximum), new("relative_difference", difference.Relative)]);
}

/// <summary>The options of <see cref="ModelExpansion.Expand(Model, ExpandOptions, string?, CancellationToken)"/>.</summary>
/// <param name="Block">The name of the kind of block: <c>acb</c>, <c>dbb</c>, <c>repvgg</c> or <c>mobileone</c>.</param>
public sealed record ExpandOptions(string Block)
{
    /// <summary>Scopes such as <c>layer3</c> or patterns such as <c>layer*.0.conv2</c> of the convolutions to replace; empty for every convolution with a kernel larger than 1x1.</summary>
    public ValueList<string> Scopes { get; init; } = [];

    /// <summary>The initial weight γ of the last norm of each branch except the main one. With 0 the other branches do not contribute to the output at first.</summary>
    public double Gamma { get; init; }

    /// <summary>The random seed of the weights of the new branches.</summary>
    public ulong Seed { get; init; }

    /// <summary>What runs both networks to compare them; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</summary>
    public IRuntime? Runtime { get; init; }
}

/// <summary>A model in which convolutions were replaced by multi-branch blocks.</summary>
/// <param name="Model">The expanded model, with the expansion in its lineage.</param>
/// <param name="Expanded">The expanded convolutions, one line for each.</param>
/// <param name="Refusals">The convolutions that were not expanded, and the reasons.</param>
/// <param name="Comparison">The comparison of the model before and after expansion on the same samples.</param>
public sealed record ExpandedModel(Model Model, ImmutableArray<string> Expanded, ImmutableArray<Refusal> Refusals, ModelComparison Comparison)
{
    internal LineageEntry? Entry { get; init; }

    /// <summary>The model, the number of expanded convolutions, and the comparison.</summary>
    public override string ToString() => $"{Model}; {Expanded.Length} convolutions expanded; {Comparison}";

    /// <summary>Adds the expansion to the lineage of the model before it.</summary>
    internal ExpandedModel Record(Model begun, IRuntime? timing, CancellationToken cancellation) =>
        this with { Model = ModelHistory.Note(Comparison.Continue(Model, begun, Entry!), Comparison.SecondAccuracy, timing, cancellation) };
}
