using System.Globalization;
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
    /// <exception cref="InsufficientMemoryException">There is not enough memory; the message has the number of bytes.</exception>
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
        T[] array = AllocatePinned<T>((int)length + spare);
        long address = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        int skip = (int)((Alignment - (address % Alignment)) % Alignment) / size;
        return array.AsMemory(skip, (int)length);
    }

    private static T[] AllocatePinned<T>(int length) where T : unmanaged
    {
        try
        {
            return GC.AllocateArray<T>(length, pinned: true);
        }
        catch (OutOfMemoryException error)
        {
            throw new InsufficientMemoryException(string.Create(CultureInfo.InvariantCulture, $"a block of {(long)length * Unsafe.SizeOf<T>():N0} bytes was needed"), error);
        }
    }
}
