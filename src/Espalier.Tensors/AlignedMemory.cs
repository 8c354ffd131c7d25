using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Espalier.Tensors;

/// <summary>Allocates memory for kernels: zeroed, pinned and aligned, so that whole vectors can be loaded.</summary>
internal static class AlignedMemory
{
    /// <summary>Alignment in bytes: a cache line, which is also the size of the widest vector (512 bits).</summary>
    public const int Alignment = 64;

    /// <summary>Allocates zeroed memory for <paramref name="length"/> elements; it begins at a cache line and is never moved.</summary>
    /// <remarks>A pinned array, freed by the garbage collector, so a span of it stays valid.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or too large for one array.</exception>
    /// <exception cref="NotSupportedException">The size of <typeparamref name="T"/> is not 1, 2, 4 or 8 bytes.</exception>
    public static Memory<T> Allocate<T>(long length) where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        if (size is not (1 or 2 or 4 or 8))
        {
            // Arrays start at a multiple of 8 bytes, so with larger elements no element might start at a cache line.
            throw new NotSupportedException($"Elements of {size} bytes cannot be aligned; 1, 2, 4 and 8 can.");
        }

        int spare = Alignment / size;
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Array.MaxLength - spare);
        T[] array = GC.AllocateArray<T>((int)length + spare, pinned: true);
        long address = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        int skip = (int)((Alignment - (address % Alignment)) % Alignment) / size;
        return array.AsMemory(skip, (int)length);
    }
}
