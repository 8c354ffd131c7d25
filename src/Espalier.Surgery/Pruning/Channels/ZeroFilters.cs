using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Finds channels whose filters are all zero, as after structured masks or sparsity training. Their outputs are constant.</summary>
internal static class ZeroFilters
{
    /// <summary>The units whose filters are all zero in every layer that computes them.</summary>
    internal static ChannelUnit[] Among(Model model, ChannelGroups groups, IEnumerable<ChannelUnit> units)
    {
        HashSet<string> weights = new(model.Graph.Nodes.Where(node => node.Op is Conv2d or Linear).Select(node => node.Parameter("weight")), StringComparer.Ordinal);
        var made = new HashSet<int>(); // units that some layer computes
        var alive = new HashSet<int>();
        foreach (ChannelSpace space in groups.Spaces.Where(space => space.Axis == 0 && weights.Contains(space.Name)))
        {
            ReadOnlySpan<float> numbers = model.Parameters[space.Name].Effective.To(ElementType.Float32).Read<float>();
            int length = numbers.Length / space.Count;
            for (int channel = 0; channel < space.Count; channel++)
            {
                int unit = groups.UnitOf(space, channel);
                made.Add(unit);
                if (numbers.Slice(channel * length, length).ContainsAnyExcept(0f))
                {
                    alive.Add(unit);
                }
            }
        }

        return [.. units.Where(unit => made.Contains(unit.Index) && !alive.Contains(unit.Index))];
    }
}
