using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>Hints that memory will be read soon.</summary>
internal static unsafe class Prefetch
{
    /// <summary>Brings the cache line of <paramref name="address"/> in; any address will do, and nothing happens where the machine has no such hint.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Line(float* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>The same, but only into the second-level cache: for more than the first could hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void DistantLine(float* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(address);
        }
    }
}
