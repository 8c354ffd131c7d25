using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Computes the importance of the channels of a network: the scores that a criterion gives in each layer, combined for units that occur in several layers.</summary>
internal static class ChannelScores
{
    /// <summary>A score for each unit of the network; infinite for units that no layer scores, which are kept. Masked weights count as zero.</summary>
    internal static double[] Of(Model model, ChannelGroups groups, ChannelPruning request, Func<string, Tensor>? gradients = null)
    {
        (double[] scores, int[] counts) = (new double[groups.Units.Length], new int[groups.Units.Length]);
        Dictionary<string, ChannelSpace> spaces = groups.Spaces.Where(space => space.Axis == 0).ToDictionary(space => space.Name, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (Node node in model.Graph.Nodes.Where(node => request.Criterion.Evidence == ChannelScoreSource.Norms ? node.Op is BatchNorm { Affine: true } or GroupNorm : node.Op is Conv2d or Linear))
        {
            string name = node.Parameter("weight");
            if (seen.Add(name) && Enumerable.Range(0, spaces[name].Count).Any(channel => groups.UnitOf(spaces[name], channel) >= 0))
            {
                double[] found = request.Criterion.Score(new ChannelWeights(node, name, model.Parameters[name].Effective, request.Seed, gradients));
                Gather(groups, spaces[name], found, request.Aggregate, scores, counts);
            }
        }

        for (int unit = 0; unit < scores.Length; unit++)
        {
            double score = request.Aggregate == ChannelAggregate.Mean ? scores[unit] / counts[unit] : scores[unit];
            scores[unit] = counts[unit] == 0 || double.IsNaN(score) ? double.PositiveInfinity : score; // NaN is treated as important
        }

        return scores;
    }

    private static void Gather(ChannelGroups groups, ChannelSpace space, double[] found, ChannelAggregate aggregate, double[] scores, int[] counts)
    {
        if (found.Length != space.Count)
        {
            throw new EspalierException($"expected {space.Count} scores from the criterion for the channels of '{space.Name}', found {found.Length}");
        }

        for (int channel = 0; channel < space.Count; channel++)
        {
            int unit = groups.UnitOf(space, channel);
            if (unit >= 0)
            {
                scores[unit] = aggregate == ChannelAggregate.Max ? Math.Max(scores[unit], found[channel]) : scores[unit] + found[channel];
                counts[unit]++;
            }
        }
    }
}
