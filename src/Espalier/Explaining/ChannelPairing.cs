using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>
/// Finds which output channels of a layer are left in a pruned model. With equal numbers they are the same ones. With fewer, the parameters that have one element for each of them (bias, scales,
/// and those of the norm that reads the layer) identify each channel, bit for bit: pruning keeps the order of channels, so the assignment is known if there is exactly one that keeps the order.
/// </summary>
internal static class ChannelPairing
{
    /// <summary>The channels before, with those that are left.</summary>
    /// <param name="before">The model before.</param>
    /// <param name="after">The pruned model.</param>
    /// <param name="layer">The name of the layer in both.</param>
    /// <param name="norms">The norms of the channels before.</param>
    internal static LayerBefore Of(Model before, Model after, string layer, ImmutableArray<double> norms)
    {
        (int old, int left) = (norms.Length, ChannelsOf(after, layer));
        if (left == old)
        {
            return new LayerBefore(norms, [.. Enumerable.Range(0, old)], null);
        }

        if (left > old)
        {
            return new LayerBefore(norms, null, $"it has {left} output channels and had {old}");
        }

        string[] shared = [.. Columns(after, layer, left).Keys.Intersect(Columns(before, layer, old).Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (shared.Length == 0)
        {
            return new LayerBefore(norms, null, "it has no bias, scale or norm, which would identify its output channels");
        }

        (float[][] was, float[][] now) = (Rows(Columns(before, layer, old), shared, old), Rows(Columns(after, layer, left), shared, left));
        (int[]? first, int[]? last) = (Earliest(was, now), Latest(was, now));
        return first is null ? new LayerBefore(norms, null, "its biases, scales or norms have changed since channels were removed")
            : !first.AsSpan().SequenceEqual(last) ? new LayerBefore(norms, null, "several of its output channels have equal biases, scales and norms")
            : new LayerBefore(norms, [.. first], null);
    }

    private static int ChannelsOf(Model model, string layer) => model.Parameters[model.Graph[layer].Parameter("weight")].Value.Shape[0];

    /// <summary>The parameters with one element for each output channel, by the name of their node and role.</summary>
    private static Dictionary<string, float[]> Columns(Model model, string layer, int channels)
    {
        Node node = model.Graph[layer];
        IEnumerable<Node> nodes = model.Graph.HasSingleUse(layer) && model.Graph.UsersOf(layer)[0] is { Op: BatchNorm or GroupNorm or LayerNorm or Affine } norm ? [node, norm] : [node];
        return (from each in nodes
                from role in each.Op.Parameters.Select(spec => spec.Role)
                let name = each.Parameter(role)
                let value = model.Parameters[name].Value
                where value.Shape.Rank == 1 && value.Shape[0] == channels
                select (Key: $"{each.Name} {role}", Value: value.To(ElementType.Float32).Read<float>().ToArray()))
            .ToDictionary(each => each.Key, each => each.Value, StringComparer.Ordinal);
    }

    private static float[][] Rows(Dictionary<string, float[]> columns, string[] shared, int channels) =>
        [.. Enumerable.Range(0, channels).Select(channel => shared.Select(name => columns[name][channel]).ToArray())];

    /// <summary>For each channel the first one before that is equal and comes after that of the previous channel; <see langword="null"/> if there is none.</summary>
    private static int[]? Earliest(float[][] was, float[][] now)
    {
        var found = new int[now.Length];
        int at = 0;
        for (int i = 0; i < now.Length; i++, at++)
        {
            while (at < was.Length && !was[at].AsSpan().SequenceEqual(now[i]))
            {
                at++;
            }

            if (at == was.Length)
            {
                return null;
            }

            found[i] = at;
        }

        return found;
    }

    /// <summary>The same from the other end: if both agree there is no other assignment.</summary>
    private static int[]? Latest(float[][] was, float[][] now)
    {
        int[]? reversed = Earliest([.. was.Reverse()], [.. now.Reverse()]);
        return reversed is null ? null : [.. reversed.Reverse().Select(at => was.Length - 1 - at)];
    }
}
