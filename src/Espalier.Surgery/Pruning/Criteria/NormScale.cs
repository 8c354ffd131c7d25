using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Scores channels by the absolute scale γ of the norms after a layer; see <see cref="PruningCriteria.NormScale"/>.</summary>
internal sealed class NormScale : IChannelCriterion
{
    internal NormScale()
    {
    }

    /// <inheritdoc/>
    public string Name => "norm-scale";

    /// <inheritdoc/>
    public ChannelScoreSource Evidence => ChannelScoreSource.Norms;

    /// <summary>The names of the scales γ that sparsity training penalizes with an L1 term: those of norms with channels that can be removed.</summary>
    public static IReadOnlyList<string> ParametersOf(ChannelGroups groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Dictionary<string, ChannelSpace> spaces = groups.Spaces.Where(space => space.Axis == 0).ToDictionary(space => space.Name, StringComparer.Ordinal);
        return [.. groups.Graph.Nodes
            .Where(node => node.Op is BatchNorm { Affine: true } or GroupNorm)
            .Select(node => node.Parameter("weight"))
            .Distinct()
            .Where(name => Enumerable.Range(0, spaces[name].Count).Any(channel => groups.UnitOf(spaces[name], channel) >= 0))];
    }

    /// <inheritdoc/>
    public double[] Score(ChannelWeights layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return [.. layer.Values.Select(Math.Abs)];
    }
}
