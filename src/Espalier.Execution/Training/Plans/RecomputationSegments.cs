namespace Espalier.Execution;

/// <summary>Divides a network into segments for recomputation, such that the memory of the values kept between segments plus that of the largest segment is minimal.</summary>
internal static class RecomputationSegments
{
    /// <summary>The segments, in order from the input: layers [first, end).</summary>
    internal static IReadOnlyList<(int First, int End)> Of(List<TrainingLayer> layers, TrainingValue output)
    {
        List<int> cuts = Cuts(layers, output);
        IReadOnlyList<(int, int)> best = [(0, layers.Count)];
        long least = long.MaxValue;
        for (int each = 1; each <= cuts.Count; each++)
        {
            IReadOnlyList<(int First, int End)> segments = Grouped(cuts, each);
            long kept = segments.Sum(segment => (long)layers[segment.End - 1].Output.Layout.Length);
            long inside = segments.Max(segment => Inside(layers, segment));
            if (kept + inside < least)
            {
                (least, best) = (kept + inside, segments);
            }
        }

        return best;
    }

    private static long Inside(List<TrainingLayer> layers, (int First, int End) segment) =>
        layers[segment.First..segment.End].Select(layer => layer.Output).Distinct().Sum(value => (long)value.Layout.Length);

    // The layers after which later layers read only that layer's output.
    private static List<int> Cuts(List<TrainingLayer> layers, TrainingValue output)
    {
        var lastReader = new Dictionary<TrainingValue, int> { [output] = layers.Count };
        for (int i = 0; i < layers.Count; i++)
        {
            foreach (TrainingValue value in layers[i].Inputs.Append(layers[i].Output))
            {
                lastReader[value] = Math.Max(i, lastReader.GetValueOrDefault(value));
            }
        }

        List<int> cuts = [];
        int open = 0; // the last layer that reads a value computed so far, except for the newest value
        for (int i = 0; i < layers.Count; i++)
        {
            if (open <= i)
            {
                cuts.Add(i + 1);
            }

            open = Math.Max(open, lastReader[layers[i].Output]);
        }

        if (cuts.Count == 0 || cuts[^1] != layers.Count)
        {
            cuts.Add(layers.Count);
        }

        return cuts;
    }

    private static List<(int First, int End)> Grouped(List<int> cuts, int each)
    {
        List<(int First, int End)> segments = [];
        int first = 0;
        for (int i = 0; i < cuts.Count; i++)
        {
            if ((i + 1) % each == 0 || i == cuts.Count - 1)
            {
                segments.Add((first, cuts[i]));
                first = cuts[i];
            }
        }

        return segments;
    }
}
