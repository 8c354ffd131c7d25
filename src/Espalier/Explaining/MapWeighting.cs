using Espalier.Tensors;

namespace Espalier;

/// <summary>Sums a node's maps with a weight for each channel, as all class activation maps do.</summary>
internal static class MapWeighting
{
    /// <summary>Σₖ weightₖ·mapₖ.</summary>
    /// <param name="maps">Channel by channel.</param>
    /// <param name="weights">A weight for each channel.</param>
    /// <param name="pixels">Pixels of a map.</param>
    /// <param name="isPositive">Whether negative sums become 0 (the ReLU of Grad-CAM).</param>
    internal static float[] Sum(ReadOnlySpan<float> maps, ReadOnlySpan<double> weights, int pixels, bool isPositive)
    {
        double[] sum = new double[pixels];
        for (int i = 0; i < maps.Length; i++)
        {
            sum[i % pixels] += weights[i / pixels] * maps[i];
        }

        return Array.ConvertAll(sum, value => (float)(isPositive ? Math.Max(0, value) : value));
    }

    /// <summary>The mean of each channel's gradient: the weights of Grad-CAM.</summary>
    internal static double[] Means(ReadOnlySpan<float> gradient, int pixels)
    {
        double[] means = new double[gradient.Length / pixels];
        for (int i = 0; i < gradient.Length; i++)
        {
            means[i / pixels] += gradient[i] / (double)pixels;
        }

        return means;
    }

    /// <summary>Whether a map has different values, so that it can locate anything.</summary>
    internal static bool Varies(ReadOnlySpan<float> map) => map.IndexOfAnyExcept(map[0]) > 0;

    /// <summary>A channel's map in the size of the input, scaled from 0 to 1.</summary>
    internal static float[] Mask(ReadOnlySpan<float> map, Size size, Size input)
    {
        float[] mask = BilinearGrid.Resize(map, size, input);
        double least = mask.Min(), range = mask.Max() - least;
        return Array.ConvertAll(mask, value => range > 0 ? (float)((value - least) / range) : 0);
    }
}
