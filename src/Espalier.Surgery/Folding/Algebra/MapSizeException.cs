using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A merge would need more than <see cref="MostWeights"/> weights. Thrown before the memory is allocated.</summary>
public sealed class MapSizeException : EspalierException
{
    /// <summary>The largest number of weights of a map, 2²⁷ (1 GiB in double precision). The largest layer of a published network, the first linear layer of VGG, has 103 million.</summary>
    public const int MostWeights = 1 << 27;

    private MapSizeException(string message) : base(message)
    {
    }

    /// <summary>Allocates a map's weights, all zero.</summary>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="inputs">The number of input channels per group.</param>
    /// <param name="kernel">The kernel size.</param>
    /// <exception cref="MapSizeException">There are more than <see cref="MostWeights"/> weights.</exception>
    internal static double[] Weights(int outputs, int inputs, Size kernel)
    {
        double count = (double)outputs * inputs * kernel.Height * kernel.Width;
        Require(count, $"a {kernel} map from {inputs} to {outputs} channels");
        return new double[(int)count];
    }

    /// <summary>Throws if <paramref name="count"/> exceeds <see cref="MostWeights"/>.</summary>
    internal static void Require(double count, string what)
    {
        if (count > MostWeights)
        {
            throw new MapSizeException(string.Create(CultureInfo.InvariantCulture, $"{what} would take {count:0} weights, and at most {MostWeights} are multiplied out"));
        }
    }
}
