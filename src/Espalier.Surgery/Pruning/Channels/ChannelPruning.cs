using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Removal of channels for real: narrower layers, with whatever goes with them.</summary>
/// <remarks><see cref="PruningRequest.Scopes"/> are patterns of layers whose groups of channels may shrink, <see cref="PruningRequest.Exclude"/> of those whose groups stay as they are.</remarks>
public sealed record ChannelPruning : PruningRequest
{
    /// <summary>By what channels are ranked.</summary>
    public IChannelCriterion Criterion { get; init; } = PruningCriteria.L1;

    /// <summary>How scores in several layers become one.</summary>
    public ChannelAggregate Aggregate { get; init; }

    /// <summary>Which channels are compared.</summary>
    public ChannelRanking Ranking { get; init; }

    /// <summary>How convolutions with groups shrink.</summary>
    public GroupedChannels Grouped { get; init; }

    /// <summary>No group becomes narrower than this; at least 1.</summary>
    public int MinimumWidth { get; init; } = 1;

    /// <summary>Widths are rounded up to multiples of this: 16 or 8 fill the vectors of AVX-512 or AVX2. 1 does not round.</summary>
    public int RoundTo { get; init; } = 1;

    /// <summary>Whether what channels of zero filters still compute goes into the biases behind them, where that is exact (<see cref="ChannelConstants"/>).</summary>
    public bool FoldsConstants { get; init; } = true;

    /// <inheritdoc/>
    public override PruningNeeds Needs => Criterion.Needs;

    private protected override string Granularity => "channels";

    internal override PruningResult Run(Model model, PruningContext context, PruningStep? step)
    {
        const string Possible = "a fraction, amounts by name, or a bound of multiply-accumulates, parameters, bytes, milliseconds or of a measure of one's own";
        PruningTarget target = RequireTarget(Possible);
        if (target is AmountTarget { Amount: { IsCount: false, IsSparsity: false, Value: not (>= 0 and <= 1) and var wrong } })
        {
            throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"Expected an amount from 0 to 1 (0.5 is half of the channels), found {wrong}."));
        }

        if (target is NamedTarget && Ranking != ChannelRanking.Local)
        {
            throw new EspalierException("Amounts of groups are of each alone: only local ranking goes with them.");
        }

        return target switch
        {
            AmountTarget { Amount.IsCount: true } => throw new EspalierException("groups differ in width, so channels go by a share such as 0.5 or 50%"),
            AmountTarget { Amount: { IsSparsity: false, Value: var share } } => new ChannelPruner(model, this, context).ByShare(step?.ShareOf(share) ?? share),
            NamedTarget named => new ChannelPruner(model, this, context).ByName(named.Of(step).Shares),
            MeasureTarget { Measure.Count: { } count } bound => new ChannelPruner(model, this, context).ToShare(ShareOf(bound, count, model, step), bound.Measure, count),
            MeasureTarget bound => new ChannelPruner(model, this, context).ToMeasure(bound.Aim(model, context, step), bound.Measure, narrow => bound.Reached(narrow, context, step)),
            _ => throw Unsuited(Possible),
        };
    }

    /// <summary>The share of what the model has now that may be left after the step.</summary>
    private static double ShareOf(MeasureTarget bound, Func<Graph, long> count, Model model, PruningStep? step)
    {
        if (step is null && bound.IsShare)
        {
            return bound.Value;
        }

        double whole = count((step?.Original ?? model).Graph);
        return Math.Min(1, bound.Left(whole, step) / count(model.Graph));
    }
}
