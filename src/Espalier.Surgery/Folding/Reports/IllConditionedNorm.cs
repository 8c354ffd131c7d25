using System.Collections.Immutable;
using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A batch norm with a running variance below its ε: ε, not the data, then determines the scale, which is large and amplifies rounding errors.</summary>
/// <param name="Node">The norm.</param>
/// <param name="Channels">Number of channels with a variance below ε.</param>
/// <param name="SmallestVariance">The smallest variance.</param>
/// <param name="Epsilon">The norm's ε.</param>
public sealed record IllConditionedNorm(string Node, int Channels, double SmallestVariance, double Epsilon)
{
    /// <summary>Finds all ill-conditioned norms of a model.</summary>
    public static ImmutableArray<IllConditionedNorm> Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. model.Graph.Nodes.Select(node => Find(model, node)).OfType<IllConditionedNorm>()];
    }

    /// <summary>Returns the finding for a node that is an ill-conditioned norm, or <see langword="null"/> for any other node.</summary>
    internal static IllConditionedNorm? Find(Model model, Node node)
    {
        if (node.Op is not BatchNorm { RunningStatistics: true } norm)
        {
            return null;
        }

        (int channels, double smallest) = (0, double.PositiveInfinity);
        foreach (double variance in model.Value(node, "running_var").To(ElementType.Float64).Read<double>())
        {
            channels += variance < norm.Epsilon ? 1 : 0;
            smallest = Math.Min(smallest, variance);
        }

        return channels == 0 ? null : new IllConditionedNorm(node.Name, channels, smallest, norm.Epsilon);
    }

    /// <summary>The finding as text: <c>bn1: 3 channels have a variance below epsilon 1E-05, the smallest is 0</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Node}: {Channels} channel{(Channels == 1 ? " has" : "s have")} a variance below epsilon {Epsilon:R}, the smallest is {SmallestVariance:G3}");
}
