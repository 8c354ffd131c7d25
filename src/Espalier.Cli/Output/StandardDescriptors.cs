using Microsoft.Win32.SafeHandles;

namespace Espalier.Cli;

/// <summary>Which of the three standard descriptors the shell has left open, on Unix.</summary>
/// <remarks>
/// Where one of them is closed (<c>2>&amp;-</c>) the system gives its number to the next file that is opened: mostly the runtime takes it, for a pipe of its own, before this program begins.
/// Messages must never go there. What a program inherits is never marked to be closed when a program starts (<c>O_CLOEXEC</c>), and whatever the runtime opens is; Linux shows the mark in <c>/proc</c>.
/// </remarks>
internal static class StandardDescriptors
{
    internal const int Output = 1;
    internal const int Error = 2;

    private const int CloseOnExec = 0x80000; // 02000000 in octal, as /proc has it
    private const string NullDevice = "/dev/null";

    private static readonly List<SafeFileHandle> s_held = []; // for as long as the process lives

    /// <summary>Whether a descriptor is the shell's. Elsewhere than on Linux it is believed to be, and writing to a closed one fails.</summary>
    internal static bool IsOpen(int descriptor)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        try
        {
            string flags = File.ReadLines($"/proc/self/fdinfo/{descriptor.ToString(CultureInfo.InvariantCulture)}").First(line => line.StartsWith("flags:", StringComparison.Ordinal));
            return (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & CloseOnExec) == 0;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return true; // no /proc
        }
    }

    /// <summary>Opens the null device under the numbers that are still free, so that no file opened later gets them.</summary>
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
