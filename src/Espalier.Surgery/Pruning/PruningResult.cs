using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>A pruned model and a report of what was removed. The lists for other granularities are empty.</summary>
/// <param name="Before">The model before pruning.</param>
/// <param name="Model">The pruned model, with a new lineage entry.</param>
public sealed record PruningResult(Model Before, Model Model)
{
    /// <summary>Weights: the selected parameters, in graph order.</summary>
    public ImmutableArray<PrunedParameter> Parameters { get; init; } = [];

    /// <summary>Channels: the removed units.</summary>
    public ImmutableArray<ChannelUnit> RemovedChannels { get; init; } = [];

    /// <summary>Channels: the width of every group before and after.</summary>
    public ImmutableArray<ChannelWidth> Widths { get; init; } = [];

    /// <summary>Channels: the requested fraction, or the fraction that meets the target. With amounts by name, the removed fraction of all channels that can be removed.</summary>
    public double Amount { get; init; }

    /// <summary>Channels: the number of removed units with zero filters whose constant outputs were added to the biases of the layers that read them.</summary>
    public int Carried { get; init; }

    /// <summary>Channels: removed units with zero filters whose constant outputs could not be added to a bias, by the layer that reads them. Their removal changes the function.</summary>
    public ImmutableArray<Refusal> Refusals { get; init; } = [];

    /// <summary>Blocks: the names of the removed blocks, in graph order.</summary>
    public ImmutableArray<string> RemovedBlocks { get; init; } = [];

    /// <summary>Blocks: all ranked blocks, least important first; empty if the blocks were named.</summary>
    public ImmutableArray<BlockScore> Ranking { get; init; } = [];

    /// <summary>The number of weights of <see cref="Parameters"/>.</summary>
    public long Weights => Parameters.Sum(parameter => parameter.Shape.Count);

    /// <summary>The number of masked weights of <see cref="Parameters"/>, including earlier prunings.</summary>
    public long RemovedWeights => Parameters.Sum(parameter => parameter.Removed);

    /// <summary>Weights: the names of the parameters of which this pruning left nothing, as global ranking can do. Such a layer's output no longer depends on its input.</summary>
    public ImmutableArray<string> EmptiedParameters => [.. Parameters.Where(parameter => parameter.Removed == parameter.Shape.Count && parameter.Before < parameter.Removed).Select(parameter => parameter.Name)];

    /// <summary>Whether this pruning removed a weight, channel or block.</summary>
    public bool RemovedAnything => Parameters.Any(parameter => parameter.Removed > parameter.Before) || !RemovedChannels.IsEmpty || !RemovedBlocks.IsEmpty;

    /// <summary>The parameters, non-zero parameters and multiply-accumulates of the pruned model.</summary>
    public ModelFigures Figures => Model.LastFigures() ?? ModelFigures.Of(Model);
}
