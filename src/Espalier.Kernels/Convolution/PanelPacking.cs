using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Interleaves the weights of several output channels.</summary>
internal static unsafe class PanelPacking
{
    // Weights of each row per step: their source and target stay in the first-level cache, even if rows are a power of two apart.
    private const int Tile = 64;

    /// <summary>target[places[i] + r] = rows[r][i] for each of the rows, which lie one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Spread(ReadOnlySpan<float> rows, ReadOnlySpan<int> places, Span<float> target)
    {
        int length = places.Length;
        int count = rows.Length / length;
        Expect.Length(rows.Length, (long)count * length, nameof(rows));
        for (int i = 0; i < length; i++)
        {
            if (places[i] < 0 || places[i] > target.Length - count)
            {
                throw new ArgumentException("an index lies outside the target", nameof(places));
            }
        }

        fixed (float* from = rows, to = target)
        fixed (int* place = places)
        {
            for (int first = 0; first < length; first += Tile)
            {
                int end = Math.Min(first + Tile, length);
                for (int row = 0; row < count; row++)
                {
                    float* source = from + ((long)row * length);
                    float* into = to + row;
                    for (int i = first; i < end; i++)
                    {
                        into[place[i]] = source[i];
                    }
                }
            }
        }
    }
}
