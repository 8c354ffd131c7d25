using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Distributes a density over layers by the Erdős–Rényi-Kernel rule.</summary>
internal static class LayerDensities
{
    /// <summary>The fraction of weights that each layer keeps, at most 1, proportional to the sum of the layer's extents divided by their product, so that all layers together keep <paramref name="density"/>.</summary>
    internal static double[] Of(IReadOnlyList<Shape> shapes, double density)
    {
        double[] raw = [.. shapes.Select(shape => Extents(shape).Sum(extent => (double)extent) / Math.Max(1, shape.Count))];
        bool[] isDense = new bool[raw.Length];
        double kept = shapes.Sum(shape => (double)shape.Count) * density;
        while (true)
        {
            double dense = shapes.Where((_, i) => isDense[i]).Sum(shape => (double)shape.Count);
            double weighted = shapes.Select((shape, i) => isDense[i] ? 0 : raw[i] * shape.Count).Sum();
            double scale = weighted == 0 ? 0 : (kept - dense) / weighted;
            int[] full = [.. Enumerable.Range(0, raw.Length).Where(i => !isDense[i] && scale * raw[i] > 1)];
            if (full.Length == 0)
            {
                return [.. raw.Select((share, i) => isDense[i] ? 1 : Math.Max(0, scale * share))];
            }

            foreach (int i in full)
            {
                isDense[i] = true; // a layer keeps at most all of its weights; the remainder is distributed over the other layers
            }
        }
    }

    private static IEnumerable<int> Extents(Shape shape)
    {
        for (int i = 0; i < shape.Rank; i++)
        {
            yield return shape[i];
        }
    }
}
