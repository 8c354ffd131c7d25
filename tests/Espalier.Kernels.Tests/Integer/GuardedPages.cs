using System.Runtime.InteropServices;

namespace Espalier.Kernels.Tests;

/// <summary>Memory between two pages that nothing may touch: reading or writing a byte past the end (or before the start) ends the process.</summary>
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
        _all = (byte*)Pages.Map(null, _length, 0, 2 | (OperatingSystem.IsMacOS() ? 0x1000 : 0x20), -1, 0);
        Assert.NotEqual(-1, (nint)_all);
        if (room > 0)
        {
            Assert.Equal(0, Pages.Protect(_all + Page, (nuint)room, 1 | 2));
        }

        Pointer = (T*)(_all + Page + (atEnd ? room - bytes : 0));
        Count = length;
    }

    /// <summary>Whether this system has them.</summary>
    internal static bool IsSupported => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    internal T* Pointer { get; }

    internal int Count { get; }

    internal Span<T> Span => new(Pointer, Count);

    public void Dispose() => _ = Pages.Unmap(_all, _length);
}

/// <summary>The C library's functions.</summary>
internal static unsafe partial class Pages
{
    [LibraryImport("libc", EntryPoint = "mmap")]
    internal static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    internal static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    internal static partial int Unmap(void* address, nuint length);
}
