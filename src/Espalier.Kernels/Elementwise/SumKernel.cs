using System.Numerics;
using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>Adds numbers to others, element by element.</summary>
internal static class SumKernel
{
    /// <summary>Adds <paramref name="terms"/> to <paramref name="sums"/>.</summary>
    public static void Add(Span<float> sums, ReadOnlySpan<float> terms)
    {
        Expect.Length(terms.Length, sums.Length, nameof(terms));
        Span<Vector<float>> to = MemoryMarshal.Cast<float, Vector<float>>(sums);
        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(terms);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += from[i];
        }

        for (int i = to.Length * Vector<float>.Count; i < sums.Length; i++)
        {
            sums[i] += terms[i];
        }
    }
}
