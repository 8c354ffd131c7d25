using Microsoft.Win32.SafeHandles;

namespace Espalier.Cli;

/// <summary>Determines which of the three standard descriptors the shell has left open, on Unix.</summary>
/// <remarks>
/// If one of them is closed (<c>2>&amp;-</c>), the system reuses its number for the next file that is opened, usually a pipe that the runtime opens before this program starts.
/// Messages must not be written there. Inherited descriptors never have the flag <c>O_CLOEXEC</c>, those opened by the runtime always do; Linux shows the flags in <c>/proc</c>.
/// </remarks>
internal static class StandardDescriptors
{
    internal const int Output = 1;
    internal const int Error = 2;

    private const int CloseOnExec = 0x80000; // 02000000 in octal, as in /proc
    private const string NullDevice = "/dev/null";
    private const string Descriptors = "/proc/self/fdinfo";

    private static readonly List<SafeFileHandle> s_held = []; // for the lifetime of the process

    /// <summary>Whether a descriptor was inherited from the shell. On systems other than Linux this is assumed, and writing to a closed one fails.</summary>
    internal static bool IsOpen(int descriptor)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        // Not by catching FileNotFoundException: that is thrown, too, if there is no memory to load an assembly, and then the message about it must be written.
        string path = $"{Descriptors}/{descriptor.ToString(CultureInfo.InvariantCulture)}";
        if (!File.Exists(path))
        {
            return !Directory.Exists(Descriptors); // without /proc all are taken for open
        }

        try
        {
            string flags = File.ReadLines(path).First(line => line.StartsWith("flags:", StringComparison.Ordinal));
            return (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & CloseOnExec) == 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>Opens the null device for the standard descriptors that are free, so that no file opened later gets their numbers.</summary>
    internal static void Occupy()
    {
        while (!OperatingSystem.IsWindows())
        {
            SafeFileHandle handle = File.OpenHandle(NullDevice, FileMode.Open, FileAccess.ReadWrite);
            if (handle.DangerousGetHandle() > Error)
            {
                handle.Dispose();
                return;
            }

            s_held.Add(handle);
        }
    }
}
