using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Espalier.Tensors;

/// <summary>Allocation of memory that kernels can load whole vectors from: zeroed, fixed in place and aligned.</summary>
public static class AlignedMemory
{
    /// <summary>Bytes: a cache line, which is also the widest vector (512 bits).</summary>
    public const int Alignment = 64;

    /// <summary>Zeroed memory for <paramref name="length"/> elements whose first element lies on a cache line and never moves.</summary>
    /// <remarks>A pinned array: freed by the collector, so a span into it can never dangle.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or more than one array can hold.</exception>
    /// <exception cref="NotSupportedException">Elements of <typeparamref name="T"/> do not tile a machine word: only sizes of 1, 2, 4 and 8 bytes do.</exception>
    public static Memory<T> Allocate<T>(long length) where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        if (size is not (1 or 2 or 4 or 8))
        {
            // Arrays start on a multiple of 8 bytes, so no whole number of larger elements need reach the next cache line.
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
