using Espalier.Tensors;

namespace Espalier.Accelerated;

/// <summary>Sets of numbers of a value that are added up or normalized together: the channels of a batch, the groups of channels of each sample, the channels of each pixel.</summary>
internal readonly struct Sets
{
    private readonly int _outer, _inner, _stride;

    private Sets(int count, int samples, int pixels, int outer, int inner, int stride) =>
        (Count, Samples, Pixels, _outer, _inner, _stride) = (count, samples, pixels, outer, inner, stride);

    /// <summary>How many sets.</summary>
    internal readonly int Count;

    /// <summary>Each set has this many rows of <see cref="Pixels"/> numbers.</summary>
    internal readonly int Samples;

    /// <summary>Numbers of a row.</summary>
    internal readonly int Pixels;

    /// <summary>Each channel, in all samples.</summary>
    internal static Sets Channels(int samples, FeatureMap shape) => new(shape.Channels, samples, shape.Pixels, shape.Pixels, 1, shape.Length);

    /// <summary>A number of sets that lie one after the other.</summary>
    internal static Sets Blocks(int count, int length) => new(count, 1, length, length, 1, 0);

    /// <summary>Sets of so many numbers at equal distances, in each sample.</summary>
    internal static Sets Across(int samples, int length, int members) => new(samples * (length / members), 1, members, length, length / members, 0);

    /// <summary>The same numbers for every set.</summary>
    internal static Sets Repeated(int count, int length) => new(count, 1, length, 0, 1, 0);

    /// <summary>Numbers of a set.</summary>
    internal int Members => Samples * Pixels;

    /// <summary>Threads that add up a set: neighbouring ones read neighbouring numbers, and each adds about 128. Where the set's numbers do not lie side by side, those of neighbouring sets do.</summary>
    internal int Lanes
    {
        get
        {
            if (_inner > 1 || Members < 64)
            {
                return 1;
            }

            int lanes = 8;
            while (lanes < 4096 && (lanes < 32 ? Members >= 1024 : Members / lanes > 256))
            {
                lanes *= 2;
            }

            return lanes;
        }
    }

    /// <summary>The place of a number.</summary>
    internal int At(int set, int sample, int pixel) => (set / _inner * _outer) + (set % _inner) + (sample * _stride) + (pixel * _inner);

    /// <summary>The set of the number at a place.</summary>
    internal int Of(int at) => ((at / _outer * _inner) + (at % _inner)) % Count;
}
