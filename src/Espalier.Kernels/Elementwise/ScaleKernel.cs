using System.Numerics;
using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Scaling of weights.</summary>
internal static class ScaleKernel
{
    /// <summary>Multiplies all values by a factor in double precision, rounded to float once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(Span<float> numbers, double factor)
    {
        var factors = new Vector<double>(factor);
        int i = 0;
        for (; i <= numbers.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Span<float> part = numbers.Slice(i, Vector<float>.Count);
            Vector.Widen(new Vector<float>(part), out Vector<double> low, out Vector<double> high);
            Vector.Narrow(low * factors, high * factors).CopyTo(part);
        }

        for (; i < numbers.Length; i++)
        {
            numbers[i] = (float)(numbers[i] * factor);
        }
    }
}
