using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Removes channels, so that layers become narrower. Coupled channels, such as those joined by shortcuts, are removed together.</summary>
/// <remarks><see cref="PruningRequest.Scopes"/> are patterns of the layers whose channel groups are pruned, <see cref="PruningRequest.Exclude"/> of those whose groups are not pruned.</remarks>
public sealed record ChannelPruning : PruningRequest
{
    /// <summary>The criterion that ranks the channels.</summary>
    public IChannelCriterion Criterion { get; init; } = PruningCriteria.L1;

    /// <summary>How the scores of a unit in several layers are combined.</summary>
    public ChannelAggregate Aggregate { get; init; }

    /// <summary>Whether channels are compared within their group or across groups.</summary>
    public ChannelRanking Ranking { get; init; }

    /// <summary>How channels are removed from grouped convolutions.</summary>
    public GroupedChannels Grouped { get; init; }

    /// <summary>The minimum number of channels of each layer after pruning; at least 1.</summary>
    public int MinimumWidth { get; init; } = 1;

    /// <summary>The numbers of channels of layers are rounded up to a multiple of this number, also where a grouped convolution loses whole groups of several channels. 16 or 8 fill the vectors of AVX-512 or AVX2; 1 does not round.</summary>
    public int RoundTo { get; init; } = 1;

    /// <summary>Whether the constant outputs of channels with zero filters are added to the biases of the layers that read them, if that is exact (<see cref="ChannelConstants"/>).</summary>
    public bool FoldsConstants { get; init; } = true;

    /// <inheritdoc/>
    public override PruningNeeds Needs => Criterion.Needs;

    private protected override string Granularity => "channels";

    internal override PruningResult Run(Model model, PruningContext context, PruningStep? step)
    {
        const string Possible = "a fraction, amounts by name, or a bound of multiply-accumulates, parameters, bytes, milliseconds or of a custom measure";
        PruningTarget target = RequireTarget(Possible);
        if (target is AmountTarget { Amount: { IsCount: false, IsSparsity: false, Value: not (>= 0 and <= 1) and var wrong } })
        {
            throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"Expected an amount from 0 to 1 (0.5 is half of the channels), found {wrong}."));
        }

        if (target is NamedTarget && Ranking != ChannelRanking.Local)
        {
            throw new EspalierException($"Amounts by group name need local ranking, found {Ranking}.");
        }

        return target switch
        {
            AmountTarget { Amount.IsCount: true } => throw new EspalierException("groups differ in width, so channels are pruned by a fraction such as 0.5 or 50%"),
            AmountTarget { Amount: { IsSparsity: false, Value: var share } } => new ChannelPruner(model, this, context).ByShare(step?.ShareOf(share) ?? share),
            NamedTarget named => new ChannelPruner(model, this, context).ByName(named.Of(step).Shares),
            MeasureTarget { Measure.Count: { } count } bound => new ChannelPruner(model, this, context).ToShare(ShareOf(bound, count, model, step), bound.Measure, count),
            MeasureTarget bound => new ChannelPruner(model, this, context).ToMeasure(bound.Aim(model, context, step), bound.Measure, narrow => bound.Reached(narrow, context, step)),
            _ => throw Unsuited(Possible),
        };
    }

    /// <summary>The fraction of the current model's count that can be left after the step.</summary>
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
