using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>Memory for emitted code: pages are written, then made executable, and are never both. They live as long as the process.</summary>
internal static unsafe partial class ExecutableMemory
{
    /// <summary>The environment variable that switches emitted code off with the value 0.</summary>
    internal const string Variable = "ESPALIER_EMIT";

    /// <summary>Why this process cannot run emitted x86-64 code, as a sentence, or <see langword="null"/> where it can.</summary>
    internal static string? Obstacle { get; } = ObstacleOf(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Copies code to pages of its own and makes them executable.</summary>
    /// <param name="code">Position-independent code.</param>
    /// <returns>The first instruction's address; 0 where the system refuses.</returns>
    internal static nint Publish(ReadOnlySpan<byte> code)
    {
        try
        {
            return OperatingSystem.IsWindows() ? PublishOnWindows(code) : PublishOnUnix(code);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException) // a system without this C library
        {
            return 0;
        }
    }

    /// <summary>What keeps this process from running emitted code, given the value of <see cref="Variable"/>.</summary>
    internal static string? ObstacleOf(string? setting)
    {
        if (setting == "0")
        {
            return $"{Variable}=0 switches emitted code off.";
        }

        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return "Code is only emitted for x86-64 processors.";
        }

        if (!OperatingSystem.IsWindows() && !OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return "Code is only emitted on Linux, macOS and Windows.";
        }

        return Publish([0xC3]) == 0 ? "The system does not allow this process to make memory executable." : null;
    }

    private static nint PublishOnUnix(ReadOnlySpan<byte> code)
    {
        const int ReadWrite = 1 | 2, ReadExecute = 1 | 4, Private = 2;
        int anonymous = OperatingSystem.IsMacOS() ? 0x1000 : 0x20;
        nuint length = (nuint)code.Length;
        void* pages = MapMemory(null, length, ReadWrite, Private | anonymous, -1, 0);
        if ((nint)pages is -1 or 0)
        {
            return 0;
        }

        code.CopyTo(new Span<byte>(pages, code.Length));
        if (ProtectMemory(pages, length, ReadExecute) != 0)
        {
            _ = UnmapMemory(pages, length);
            return 0;
        }

        return (nint)pages;
    }

    private static nint PublishOnWindows(ReadOnlySpan<byte> code)
    {
        const uint CommitAndReserve = 0x3000, ReadWrite = 0x04, ReadExecute = 0x20, Release = 0x8000;
        nuint length = (nuint)code.Length;
        void* pages = VirtualAlloc(null, length, CommitAndReserve, ReadWrite);
        if (pages == null)
        {
            return 0;
        }

        code.CopyTo(new Span<byte>(pages, code.Length));
        uint before;
        if (VirtualProtect(pages, length, ReadExecute, &before) == 0)
        {
            _ = VirtualFree(pages, 0, Release);
            return 0;
        }

        return (nint)pages;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* MapMemory(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int ProtectMemory(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapMemory(void* address, nuint length);

    [LibraryImport("kernel32")]
    private static partial void* VirtualAlloc(void* address, nuint size, uint kind, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualProtect(void* address, nuint size, uint protection, uint* before);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(void* address, nuint size, uint kind);
}
