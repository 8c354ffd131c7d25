using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The network at its full width with some channels silenced: what <see cref="ChannelRemoval"/> is held against.</summary>
internal static class ChannelMask
{
    /// <summary>
    /// The model with zeros wherever a parameter belongs to a removed channel: weights and biases that make it, scale and shift of its norms,
    /// border values, and the weights that read it, so that it is nothing to anyone even behind a function that does not keep zero (sigmoid).
    /// </summary>
    public static Model Apply(Model model, ChannelGroups groups, IEnumerable<ChannelUnit> removed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(groups);
        return Silence(model, groups, removed, space => space.IsParameter && !IsStatistic(groups, space));
    }

    /// <summary>The model with the filters of removed channels zero and nothing else, as structured masks leave it: biases and norms still make constants of them.</summary>
    public static Model Filters(Model model, ChannelGroups groups, IEnumerable<ChannelUnit> removed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(groups);
        HashSet<string> weights = new(model.Graph.Nodes.Where(node => node.Op is Conv2d or Linear).Select(node => node.Parameter("weight")), StringComparer.Ordinal);
        return Silence(model, groups, removed, space => space.Axis == 0 && weights.Contains(space.Name));
    }

    private static Model Silence(Model model, ChannelGroups groups, IEnumerable<ChannelUnit> removed, Func<ChannelSpace, bool> where)
    {
        var silenced = new HashSet<int>(removed.Select(unit => unit.Index));
        var copies = new Dictionary<string, Parameter>(StringComparer.Ordinal);
        foreach (ChannelSpace space in groups.Spaces.Where(where))
        {
            int[] channels = [.. Enumerable.Range(0, space.Count).Where(channel => silenced.Contains(groups.UnitOf(space, channel)))];
            if (channels.Length > 0)
            {
                Parameter parameter = copies.GetValueOrDefault(space.Name) ?? Copy(model.Parameters[space.Name]);
                copies[space.Name] = parameter;
                Clear(parameter.Value, space.Axis, channels);
            }
        }

        return model.With(model.Parameters.With(copies));
    }

    /// <summary>A variance of zero would be a division by nearly nothing: statistics stay, since scale and shift are zero.</summary>
    private static bool IsStatistic(ChannelGroups groups, ChannelSpace space) =>
        space.Axis == 0 && space.Name.EndsWith(".running_var", StringComparison.Ordinal) && groups.Graph.Parameters.Any(parameter => parameter.Key == space.Name && parameter.Value.IsBuffer);

    private static Parameter Copy(Parameter parameter) => parameter with { Value = parameter.Value.To(ElementType.Float32).Copy() };

    private static void Clear(Tensor tensor, int axis, int[] channels)
    {
        Span<float> values = tensor.Write<float>();
        int row = (int)(tensor.Shape.Count / tensor.Shape[0]);
        int run = axis == 0 ? row : row / tensor.Shape[1];
        int repeats = axis == 0 ? 1 : tensor.Shape[0];
        for (int i = 0; i < repeats; i++)
        {
            foreach (int channel in channels)
            {
                values.Slice((i * row) + (channel * run), run).Clear();
            }
        }
    }
}
