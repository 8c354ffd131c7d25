using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A merge that would take more memory than <see cref="MostWeights"/> numbers do: found out before the memory is taken.</summary>
public sealed class MapSizeException : EspalierException
{
    /// <summary>The most weights of a map: the largest layer of a published network, VGG's first linear one, has 103 million; these take 1 GiB in double.</summary>
    public const int MostWeights = 1 << 27;

    private MapSizeException(string message) : base(message)
    {
    }

    /// <summary>Room for a map's weights, all zero.</summary>
    /// <param name="outputs">Channels it makes.</param>
    /// <param name="inputs">Channels that each of them reads.</param>
    /// <param name="kernel">Kernel size.</param>
    /// <exception cref="MapSizeException">They are too many.</exception>
    internal static double[] Weights(int outputs, int inputs, Size kernel)
    {
        double count = (double)outputs * inputs * kernel.Height * kernel.Width;
        Require(count, $"a {kernel} map from {inputs} to {outputs} channels");
        return new double[(int)count];
    }

    /// <summary>Throws where there are too many numbers.</summary>
    internal static void Require(double count, string what)
    {
        if (count > MostWeights)
        {
            throw new MapSizeException(string.Create(CultureInfo.InvariantCulture, $"{what} would take {count:0} numbers, and at most {MostWeights} are multiplied out"));
        }
    }
}
