using System.Numerics;

namespace Espalier.Surgery;

/// <summary>See <see cref="PruningCriteria.Fpgm"/>.</summary>
internal sealed class GeometricMedian : IChannelCriterion
{
    public string Name => "fpgm";

    public double[] Score(ChannelWeights layer) => Sums(layer.Values, layer.Channels);

    /// <summary>The sum of the Euclidean distances from each row to all rows.</summary>
    private static double[] Sums(double[] numbers, int rows)
    {
        int length = numbers.Length / rows;
        double[] sums = new double[rows];
        for (int i = 0; i < rows; i++)
        {
            for (int j = i + 1; j < rows; j++)
            {
                double distance = Math.Sqrt(Squared(numbers.AsSpan(i * length, length), numbers.AsSpan(j * length, length)));
                sums[i] += distance;
                sums[j] += distance;
            }
        }

        return sums;
    }

    private static double Squared(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        Vector<double> sums = default;
        int i = 0;
        for (; i <= left.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> difference = new Vector<double>(left[i..]) - new Vector<double>(right[i..]);
            sums += difference * difference;
        }

        double sum = Vector.Sum(sums);
        for (; i < left.Length; i++)
        {
            sum += (left[i] - right[i]) * (left[i] - right[i]);
        }

        return sum;
    }
}
