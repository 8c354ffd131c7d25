using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>A pruned model and what was done to it. Lists that are about another granularity are empty.</summary>
/// <param name="Before">The model that was pruned.</param>
/// <param name="Model">The pruned model, with a line of lineage.</param>
public sealed record PruningResult(Model Before, Model Model)
{
    /// <summary>Weights: each parameter that was to be pruned, in the network's order.</summary>
    public ImmutableArray<PrunedParameter> Parameters { get; init; } = [];

    /// <summary>Channels: the units that went.</summary>
    public ImmutableArray<ChannelUnit> RemovedChannels { get; init; } = [];

    /// <summary>Channels: every group's width before and after.</summary>
    public ImmutableArray<ChannelWidth> Widths { get; init; } = [];

    /// <summary>Channels: the share that was asked for, or that a target needed; where each group had its own, the share of all channels that went.</summary>
    public double Amount { get; init; }

    /// <summary>Channels: how many of the removed units had filters of zeros only, and gave the layers behind them what they still computed.</summary>
    public int Carried { get; init; }

    /// <summary>Channels: removed units of zero filters whose constant could not be carried, by the layer that reads them: there the function changes.</summary>
    public ImmutableArray<Refusal> Refusals { get; init; } = [];

    /// <summary>Blocks: the names of those that went, in the network's order.</summary>
    public ImmutableArray<string> RemovedBlocks { get; init; } = [];

    /// <summary>Blocks: all that were ranked, the least important first; empty where the blocks were named.</summary>
    public ImmutableArray<BlockScore> Ranking { get; init; } = [];

    /// <summary>Weights of <see cref="Parameters"/>.</summary>
    public long Weights => Parameters.Sum(parameter => parameter.Shape.Count);

    /// <summary>How many of <see cref="Weights"/> masks remove now, earlier prunings included.</summary>
    public long RemovedWeights => Parameters.Sum(parameter => parameter.Removed);

    /// <summary>Whether anything went that was there before.</summary>
    public bool RemovedAnything => Parameters.Any(parameter => parameter.Removed > parameter.Before) || !RemovedChannels.IsEmpty || !RemovedBlocks.IsEmpty;

    /// <summary>Parameters, non-zero parameters and multiply-accumulates of the pruned model.</summary>
    public ModelFigures Figures => Model.LastFigures() ?? ModelFigures.Of(Model);
}
