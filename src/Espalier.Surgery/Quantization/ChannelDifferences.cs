using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Sums over the values of each channel and its copy.</summary>
internal sealed class ChannelDifferences
{
    private readonly double[] _sums; // for each channel those of x², (x − x̂)² and x − x̂; at last the number of values of a channel
    private readonly int _channels;

    private ChannelDifferences(int channels, double[] sums) => (_channels, _sums) = (channels, sums);

    /// <summary>Σx² of all channels.</summary>
    internal double Signal => _sums.AsSpan(0, _channels).ToArray().Sum();

    /// <summary>Σ(x − x̂)² of all channels.</summary>
    internal double Squared => _sums.AsSpan(_channels, _channels).ToArray().Sum();

    /// <summary>Σ(x − x̂)² of all channels, divided by Σx²; 0 without any difference.</summary>
    internal double Relative => Squared == 0 ? 0 : Squared / Signal;

    /// <summary>Σ(x − x̂)² of a channel.</summary>
    internal double SquaredOf(int channel) => _sums[_channels + channel];

    /// <summary>Σ(x − x̂)² of a channel after the mean of the differences is subtracted from each.</summary>
    internal double VariationOf(int channel) => SquaredOf(channel) - (SumOf(channel) * SumOf(channel) / Count);

    /// <summary>The mean of x − x̂ of a channel.</summary>
    internal double MeanOf(int channel) => SumOf(channel) / Count;

    /// <summary>Measures pairs of values on pieces of samples, which processes share: each piece by itself, added in order.</summary>
    /// <param name="work">The processes.</param>
    /// <param name="pieces">The number of pieces.</param>
    /// <param name="channels">The number of channels of each pair.</param>
    /// <param name="run">Runs a piece and returns what gives each pair: batches of float32, [batch, channels, …].</param>
    internal static ChannelDifferences[] Measure(SharedWork work, int pieces, IReadOnlyList<int> channels, Func<int, Func<int, (Tensor Original, Tensor Copy)>> run)
    {
        int[] starts = new int[channels.Count + 1];
        for (int i = 0; i < channels.Count; i++)
        {
            starts[i + 1] = starts[i] + (3 * channels[i]) + 1;
        }

        double[] all = new double[starts[^1]];
        work.Run(pieces, piece =>
        {
            double[] sums = new double[all.Length];
            Func<int, (Tensor Original, Tensor Copy)> pairs = run(piece);
            Parallel.For(0, channels.Count, i => Add(pairs(i), channels[i], sums.AsSpan(starts[i]..starts[i + 1])));
            return sums;
        }, sums => Add(all, sums));
        return [.. channels.Select((count, i) => new ChannelDifferences(count, all[starts[i]..starts[i + 1]]))];
    }

    private double Count => _sums[^1];

    private double SumOf(int channel) => _sums[(2 * _channels) + channel];

    private static void Add(double[] all, double[] sums)
    {
        for (int i = 0; i < all.Length; i++)
        {
            all[i] += sums[i];
        }
    }

    private static void Add((Tensor Original, Tensor Copy) pair, int channels, Span<double> sums)
    {
        ReadOnlySpan<float> x = pair.Original.Read<float>(), y = pair.Copy.Read<float>();
        int plane = x.Length / pair.Original.Shape[0] / channels;
        for (int first = 0, channel = 0; first < x.Length; first += plane, channel = (channel + 1) % channels)
        {
            double signal = 0, squared = 0, sum = 0;
            for (int i = first; i < first + plane; i++)
            {
                double difference = (double)x[i] - y[i];
                signal += (double)x[i] * x[i];
                squared += difference * difference;
                sum += difference;
            }

            sums[channel] += signal;
            sums[channels + channel] += squared;
            sums[(2 * channels) + channel] += sum;
        }

        sums[^1] = (double)pair.Original.Shape[0] * plane;
    }
}
