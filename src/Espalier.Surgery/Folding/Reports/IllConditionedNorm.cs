using System.Collections.Immutable;
using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A batch norm with a running variance below its ε: there ε, not the data, sets the scale, which is then large, and so is every rounding behind it.</summary>
/// <param name="Node">The norm.</param>
/// <param name="Channels">How many of its channels are so.</param>
/// <param name="SmallestVariance">The smallest variance.</param>
/// <param name="Epsilon">Its ε.</param>
public sealed record IllConditionedNorm(string Node, int Channels, double SmallestVariance, double Epsilon)
{
    /// <summary>Those of a model.</summary>
    public static ImmutableArray<IllConditionedNorm> Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. model.Graph.Nodes.Select(node => Find(model, node)).OfType<IllConditionedNorm>()];
    }

    /// <summary>The norm at a node if it is one and ill-conditioned, or <see langword="null"/>.</summary>
    internal static IllConditionedNorm? Find(Model model, Node node)
    {
        if (node.Op is not BatchNorm norm)
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

    /// <summary><c>bn1: 3 channels have a variance below epsilon 1E-05, the smallest is 0</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Node}: {Channels} channel{(Channels == 1 ? " has" : "s have")} a variance below epsilon {Epsilon:R}, the smallest is {SmallestVariance:G3}");
}
