using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>A value that is written directly into the output of a concat, as a range of its channel blocks.</summary>
/// <param name="Whole">The last concat that it is a part of.</param>
/// <param name="FirstBlock">Its first block there.</param>
internal sealed record ConcatSlice(string Whole, int FirstBlock);

/// <summary>Finds the inputs of concats that can be written in place, so that they need not be copied.</summary>
/// <remarks>
/// In a chain of concats, as in DenseNet, each is a part of the next: all are parts of the last. A value can be a part if its channels begin at a block boundary
/// and fill whole blocks or are the concat's last. One that several concats read is a part of only the last of them.
/// </remarks>
internal static class ConcatSlices
{
    /// <summary>The values written in place, by name.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="written">The values that a step writes.</param>
    /// <param name="concats">The concats, in order, that copy their inputs as they are.</param>
    /// <param name="lanes">Channels per block.</param>
    internal static IReadOnlyDictionary<string, ConcatSlice> Of(Graph graph, IReadOnlySet<string> written, IEnumerable<Node> concats, int lanes)
    {
        var slices = new Dictionary<string, ConcatSlice>(StringComparer.Ordinal);
        foreach (Node concat in concats.Reverse())
        {
            string name = concat.Name;
            if (FeatureMap.Of(graph.ShapeOf(name)) is { Height: 1, Width: 1 })
            {
                continue; // a vector; linear layers read it without gaps
            }

            ConcatSlice whole = slices.TryGetValue(name, out ConcatSlice? outer) ? outer : new ConcatSlice(name, 0);
            int first = 0;
            for (int i = 0; i < concat.Inputs.Count; i++)
            {
                string input = concat.Inputs[i];
                int channels = FeatureMap.Of(graph.ShapeOf(input)).Channels;
                bool ends = i + 1 == concat.Inputs.Count || channels % lanes == 0;
                if (first % lanes == 0 && ends && written.Contains(input))
                {
                    slices.TryAdd(input, whole with { FirstBlock = whole.FirstBlock + (first / lanes) });
                }

                first += channels;
            }
        }

        return slices;
    }

    /// <summary>Gives a value and its parts the same border, the largest of them, because they share rows in memory.</summary>
    internal static IReadOnlyDictionary<string, Padding> Unite(IReadOnlyDictionary<string, Padding> borders, IReadOnlyDictionary<string, ConcatSlice> slices)
    {
        var united = new Dictionary<string, Padding>(borders, StringComparer.Ordinal);
        foreach (IGrouping<string, string> parts in slices.GroupBy(slice => slice.Value.Whole, slice => slice.Key, StringComparer.Ordinal))
        {
            string[] names = [parts.Key, .. parts];
            Padding border = names.Aggregate(Padding.None, (wide, name) => Padding.Max(wide, borders.GetValueOrDefault(name)));
            foreach (string name in names)
            {
                united[name] = border;
            }
        }

        return united;
    }
}
