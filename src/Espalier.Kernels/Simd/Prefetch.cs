using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>Prefetch hints for memory that will be read soon.</summary>
internal static unsafe class Prefetch
{
    /// <summary>Prefetches the cache line of <paramref name="address"/>; any address is allowed, and nothing happens where the machine has no such hint.</summary>
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
