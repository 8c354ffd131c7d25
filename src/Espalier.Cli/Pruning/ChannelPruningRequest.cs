using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>Removal of channels.</summary>
/// <param name="options">How they are chosen; the importance comes from the name.</param>
/// <param name="importance">What makes a channel important: a name of <see cref="ChannelPruningFlags"/>.</param>
/// <param name="seed">Of random importance.</param>
/// <param name="target">How many.</param>
internal sealed class ChannelPruningRequest(ChannelPruningOptions options, string importance, ulong seed, PruneTarget target) : IPruning
{
    private const long LineageBytes = 4096; // of this pruning and a recovery: a file that is to be small enough holds their lines of lineage too
    private const int SizeMeasurements = 14; // sizes cost nothing: the amount to 1/16384

    /// <inheritdoc/>
    public PruneTarget? Latency => target.Kind == PruneTargetKind.Latency ? target : null;

    /// <inheritdoc/>
    public bool NeedsGradients => importance == "taylor";

    /// <inheritdoc/>
    public PruneOutcome Prune(Model model, PruneStep step, PruneTools tools)
    {
        ChannelPruningOptions full = options with { Importance = Importance(model, tools) };
        return new ChannelPruningOutcome(PruneTools.Reach(target, () => target.Kind switch
        {
            PruneTargetKind.MultiplyAccumulates => ChannelPruner.ToMultiplyAccumulates(model, Share(MultiplyAccumulates.Of(step.Original.Graph), MultiplyAccumulates.Of(model.Graph), step), full),
            PruneTargetKind.Parameters => ChannelPruner.ToParameters(model, Share(Parameters(step.Original), Parameters(model), step), full),
            PruneTargetKind.Bytes => ToBytes(model, full, step),
            PruneTargetKind.Latency => ToLatency(model, full, step, tools),
            PruneTargetKind.Amounts => target.Amounts!.Locate(() => ChannelPruner.Prune(model, target.Amounts.SharesOf(step), full)),
            _ => ChannelPruner.Prune(model, step.ShareOf(Amount()), full),
        }), full);
    }

    private ChannelImportance Importance(Model model, PruneTools tools) => importance switch
    {
        "l2" => ChannelImportance.L2,
        "fpgm" => ChannelImportance.Fpgm,
        "bn" => ChannelImportance.NormScale,
        "taylor" => ChannelImportance.Taylor(tools.Gradients(model)),
        "random" => ChannelImportance.Random(seed),
        _ => ChannelImportance.L1,
    };

    private double Amount() => target.IsShare ? target.Value : throw new EspalierException("groups differ in width, so channels go by a share such as 0.5 or 50%");

    /// <summary>The share of what the model has now that may be left after the step.</summary>
    private double Share(double whole, double now, PruneStep step) => Math.Min(1, step.LeftOf(whole, target.Of(whole)) / now);

    private ChannelPruning ToBytes(Model model, in ChannelPruningOptions full, PruneStep step)
    {
        double whole = ModelFile.SizeOf(step.Original);
        return ChannelPruner.ToMeasure(model, step.LeftOf(whole, target.Of(whole)), narrow => ModelFile.SizeOf(narrow) + (LineageBytes * (step.Count - step.Number + 1)), full, SizeMeasurements, "bytes");
    }

    private ChannelPruning ToLatency(Model model, in ChannelPruningOptions full, PruneStep step, PruneTools tools)
    {
        double whole = tools.Milliseconds(step.Original);
        return ChannelPruner.ToMeasure(model, PruneTools.LatencyAim * step.LeftOf(whole, target.Of(whole)), tools.Milliseconds, full, unit: "ms");
    }

    private static long Parameters(Model model) => model.Graph.Parameters.Where(parameter => !parameter.Value.IsBuffer).Sum(parameter => parameter.Value.Shape.Count);
}
