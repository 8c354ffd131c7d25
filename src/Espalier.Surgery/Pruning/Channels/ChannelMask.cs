using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Sets the parameters of some channels to zero without changing the graph. <see cref="ChannelRemoval"/> is tested against it.</summary>
internal static class ChannelMask
{
    /// <summary>
    /// The model with zeros for all parameters of removed channels: the weights and biases that compute them, the scale and shift of their norms,
    /// padding values, and the weights that read them, so that they have no effect even after an activation that does not map zero to zero (sigmoid).
    /// </summary>
    public static Model Apply(Model model, ChannelGroups groups, IEnumerable<ChannelUnit> removed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(groups);
        return Silence(model, groups, removed, space => space.IsParameter && !IsStatistic(groups, space));
    }

    /// <summary>The model with zeros for only the filters of removed channels, as after masking filters. Biases and norms still give these channels constant outputs.</summary>
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

    /// <summary>Whether a space is a running variance. It is not set to zero, because a norm divides by its square root; with zero scale and shift it has no effect.</summary>
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
