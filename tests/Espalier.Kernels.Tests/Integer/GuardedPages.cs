using System.Runtime.InteropServices;

namespace Espalier.Kernels.Tests;

/// <summary>Memory between two pages that nothing may touch: reading or writing a byte past the end (or before the start) ends the process. On Windows plain memory.</summary>
internal sealed unsafe class GuardedPages<T> : IDisposable where T : unmanaged
{
    private const int Page = 16384; // a multiple of every system's page
    private readonly byte* _all;
    private readonly nuint _length;

    /// <param name="length">Elements.</param>
    /// <param name="atEnd">Whether the last element is followed by the forbidden page at once; otherwise the first follows one.</param>
    internal GuardedPages(int length, bool atEnd)
    {
        int bytes = length * sizeof(T);
        int room = (bytes + Page - 1) / Page * Page;
        _length = (nuint)(room + (2 * Page));
        _all = GuardedPages.Allocate(_length, Page, (nuint)room);
        Pointer = (T*)(_all + Page + (atEnd ? room - bytes : 0));
        Count = length;
    }

    internal T* Pointer { get; }

    internal int Count { get; }

    internal Span<T> Span => new(Pointer, Count);

    public void Dispose() => GuardedPages.Free(_all, _length);
}

/// <summary>The C library's functions.</summary>
internal static unsafe partial class GuardedPages
{
    internal static byte* Allocate(nuint length, nuint start, nuint usable)
    {
        if (OperatingSystem.IsWindows())
        {
            return (byte*)NativeMemory.AllocZeroed(length);
        }

        const int ReadWrite = 1 | 2, Private = 2;
        byte* all = (byte*)Map(null, length, 0, Private | (OperatingSystem.IsMacOS() ? 0x1000 : 0x20), -1, 0);
        Assert.NotEqual(-1, (nint)all);
        if (usable > 0)
        {
            Assert.Equal(0, Protect(all + start, usable, ReadWrite));
        }

        return all;
    }

    internal static void Free(byte* all, nuint length)
    {
        if (OperatingSystem.IsWindows())
        {
            NativeMemory.Free(all);
        }
        else
        {
            _ = Unmap(all, length);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
