using System.Numerics;
using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The sums of some 8-bit weights that bound the sums of products with them.</summary>
/// <param name="Positive">The sum of the positive ones.</param>
/// <param name="Negative">The sum of the negative ones.</param>
internal readonly record struct WeightSums(long Positive, long Negative)
{
    // Each vector adds two numbers of at most 128 to a 16-bit sum.
    private const int VectorsOfShorts = 127;

    /// <summary>The sum of all.</summary>
    internal long Sum => Positive + Negative;

    /// <summary>The sum of the magnitudes.</summary>
    internal long Magnitude => Positive - Negative;

    /// <summary>Adds the weights up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static WeightSums Of(ReadOnlySpan<sbyte> weights)
    {
        long positive = 0, negative = 0;
        while (weights.Length >= Vector<sbyte>.Count)
        {
            int vectors = Math.Min(VectorsOfShorts, weights.Length / Vector<sbyte>.Count);
            Vector<short> above = Vector<short>.Zero, below = Vector<short>.Zero;
            for (int i = 0; i < vectors; i++)
            {
                var some = new Vector<sbyte>(weights[(i * Vector<sbyte>.Count)..]);
                Vector.Widen(Vector.Max(some, Vector<sbyte>.Zero), out Vector<short> low, out Vector<short> high);
                above += low + high;
                Vector.Widen(Vector.Min(some, Vector<sbyte>.Zero), out low, out high);
                below += low + high;
            }

            positive += SumOf(above);
            negative += SumOf(below);
            weights = weights[(vectors * Vector<sbyte>.Count)..];
        }

        foreach (sbyte weight in weights)
        {
            positive += Math.Max(weight, (sbyte)0);
            negative += Math.Min(weight, (sbyte)0);
        }

        return new(positive, negative);
    }

    private static long SumOf(Vector<short> numbers)
    {
        Vector.Widen(numbers, out Vector<int> low, out Vector<int> high);
        return Vector.Sum(low + high);
    }
}
