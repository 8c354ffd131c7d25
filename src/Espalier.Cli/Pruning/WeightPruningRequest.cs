using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>Pruning of weights by masks.</summary>
/// <param name="options">Which weights; its amount comes from the target.</param>
/// <param name="target">How many, or <see langword="null"/> for a pattern that takes no amount.</param>
/// <param name="prune">How one pruning is made.</param>
internal sealed class WeightPruningRequest(WeightPruningOptions options, PruneTarget? target, Func<Model, WeightPruningOptions, WeightPruningReport> prune) : IPruning
{
    /// <inheritdoc/>
    public PruneTarget? Latency => target is { Kind: PruneTargetKind.Latency } latency ? latency : null;

    /// <inheritdoc/>
    public bool NeedsGradients => options.Score is WeightScore.Gradient or WeightScore.Taylor;

    /// <inheritdoc/>
    public PruneOutcome Prune(Model model, PruneStep step, PruneTools tools)
    {
        WeightPruningOptions full = NeedsGradients ? options with { Gradients = tools.Gradients(model) } : options;
        WeightPruningReport report = target switch
        {
            null => prune(model, full),
            { Kind: PruneTargetKind.Latency } latency => PruneTools.Reach(latency, () => ToLatency(model, full, latency, step, tools)),
            { Kind: PruneTargetKind.Sparsity } sparsity => prune(model, full with { Amount = PruneAmount.Sparsity(Sparsity(full, sparsity.Value, step)) }),
            { Amounts: AmountsFile file } amounts => PruneTools.Reach(amounts, () => file.Locate(() => prune(model, full with { Amounts = file.SharesOf(step) }))),
            { IsShare: true } share => prune(model, full with { Amount = PruneAmount.Fraction(step.ShareOf(share.Value)) }),
            { } count => prune(model, full with { Amount = PruneAmount.Count(step.CountOf(count.Value)) }),
        };
        return new WeightPruningOutcome(model, report);
    }

    private double Sparsity(in WeightPruningOptions options, double target, PruneStep step)
    {
        WeightPruningReport before = prune(step.Original, options with { Amount = PruneAmount.Sparsity(0) });
        double density = 1 - ((double)before.Removed / Math.Max(1, before.Weights));
        return 1 - step.LeftOf(density, 1 - target);
    }

    private static WeightPruningReport ToLatency(Model model, in WeightPruningOptions options, PruneTarget target, PruneStep step, PruneTools tools)
    {
        double whole = tools.Milliseconds(step.Original);
        return WeightPruner.ToMeasure(model, options, PruneTools.LatencyAim * step.LeftOf(whole, target.Of(whole)), tools.Milliseconds);
    }
}
