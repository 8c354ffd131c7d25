using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The exponential function on vectors.</summary>
/// <remarks>
/// Written out, and not .NET's <c>Vector512.Exp</c>, because that computes in double precision, in a method of its own that starts out unoptimized: three times slower, and thirty times in a program's first predictions.
/// </remarks>
internal static class LaneExponential
{
    // Beyond these the result is 0 or infinite.
    private const float Lowest = -104;
    private const float Highest = 89;

    private const float BitsOfE = 1.44269504088896341f; // log₂ e
    private const float Rounder = 12582912; // 1.5·2²³: what is added to it is rounded to an integer
    private const float NaturalLogOfTwo = 0.693359375f; // nine bits, so that its product with n is exact
    private const float NaturalLogRest = -2.12194440e-4f; // ln 2 less that

    /// <summary>eˣ, within 2 units in the last place; 0, infinity and NaN where they belong, and denormal numbers too.</summary>
    /// <remarks>eˣ = 2ⁿ·eʳ with |r| at most ½·ln 2; the polynomial and the split of ln 2 are those of Cephes' expf (Moshier).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Of<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes rounder = TLanes.Broadcast(Rounder);
        x = TLanes.Min(TLanes.Broadcast(Highest), TLanes.Max(TLanes.Broadcast(Lowest), x));
        TLanes n = TLanes.Subtract(TLanes.MultiplyAdd(x, TLanes.Broadcast(BitsOfE), rounder), rounder);
        TLanes r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-NaturalLogOfTwo), x);
        r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-NaturalLogRest), r);
        TLanes power = TLanes.Broadcast(1.9875691500e-4f);
        power = TLanes.MultiplyAdd(power, r, TLanes.Broadcast(1.3981999507e-3f));
        power = TLanes.MultiplyAdd(power, r, TLanes.Broadcast(8.3334519073e-3f));
        power = TLanes.MultiplyAdd(power, r, TLanes.Broadcast(4.1665795894e-2f));
        power = TLanes.MultiplyAdd(power, r, TLanes.Broadcast(1.6666665459e-1f));
        power = TLanes.MultiplyAdd(power, r, TLanes.Broadcast(5.0000001201e-1f));
        power = TLanes.MultiplyAdd(power, TLanes.Multiply(r, r), TLanes.Add(r, TLanes.Broadcast(1)));
        return TLanes.TimesPowerOfTwo(power, n);
    }
}
