using System.Collections.Immutable;
using System.Globalization;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Makes trained convolutions into blocks of branches.</summary>
public static class ModelExpansion
{
    /// <summary>Makes trained convolutions, with the batch norms behind them, into blocks of several branches whose output is unchanged, so that fine-tuning starts where the plain network stood; <see cref="ModelFolding.Fold(Model, FoldOptions?, string?, CancellationToken)"/> collapses them again.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Which block, and where.</param>
    /// <param name="data">Images to compare on, as for <see cref="ModelComparing.CompareWith"/>; <see langword="null"/> for random numbers.</param>
    /// <param name="cancellation">When to stop.</param>
    /// <exception cref="EspalierException">There is no such block, a pattern matches no convolution, or none can be expanded.</exception>
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
        ModelComparison comparison = samples.Compare(before, after, ("the network before", "the network after"), cancellation);
        return new ExpandedModel(after, [.. plan.Patches.Select(patch => patch.Reason)], plan.Refusals, comparison) { Entry = comparison.Complete(Lineage(options, plan, comparison.Difference)) };
    }

    /// <summary>The first pattern that no convolution has, or <see langword="null"/>.</summary>
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

/// <summary>Which convolutions become blocks, and which.</summary>
/// <param name="Block">The block's name: <c>acb</c>, <c>dbb</c>, <c>repvgg</c>, <c>mobileone</c>.</param>
public sealed record ExpandOptions(string Block)
{
    /// <summary>Scopes such as <c>layer3</c> or patterns such as <c>layer*.0.conv2</c>; none for every convolution with a kernel larger than 1x1.</summary>
    public ValueList<string> Scopes { get; init; } = [];

    /// <summary>The weight of the norms that lead into each block's sum, but for the main branch's. With 0 the other branches begin without any influence.</summary>
    public double Gamma { get; init; }

    /// <summary>What the new branches' weights are drawn from.</summary>
    public ulong Seed { get; init; }

    /// <summary>What runs both networks to compare them; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</summary>
    public IRuntime? Runtime { get; init; }
}

/// <summary>A model with blocks of branches in the place of convolutions.</summary>
/// <param name="Model">The model, its lineage included.</param>
/// <param name="Expanded">What was expanded, a line for each convolution.</param>
/// <param name="Refusals">The convolutions that stayed, and why.</param>
/// <param name="Comparison">The model before and this one on the same samples.</param>
public sealed record ExpandedModel(Model Model, ImmutableArray<string> Expanded, ImmutableArray<Refusal> Refusals, ModelComparison Comparison)
{
    internal LineageEntry? Entry { get; init; }

    /// <summary>The model, how much was expanded, and the comparison.</summary>
    public override string ToString() => $"{Model}; {Expanded.Length} convolutions expanded; {Comparison}";

    /// <summary>With a lineage: that of the model before, and the expansion.</summary>
    internal ExpandedModel Record(Model begun, IRuntime? timing, CancellationToken cancellation) =>
        this with { Model = ModelHistory.Note(Comparison.Continue(Model, begun, Entry!), Comparison.SecondAccuracy, timing, cancellation) };
}
