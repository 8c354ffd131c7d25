using System.Diagnostics;
using System.Globalization;

namespace Espalier.Bench.Workers;

/// <summary>How much memory this process has held.</summary>
internal static class ResidentMemory
{
    private const string PeakLine = "VmHWM:"; // "high water mark", as in "VmHWM:     1234 kB"

    /// <summary>The most bytes that were resident at once.</summary>
    internal static long Peak()
    {
        if (!OperatingSystem.IsLinux())
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }

        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith(PeakLine, StringComparison.Ordinal));
        return 1024 * long.Parse(line.AsSpan(PeakLine.Length, line.Length - PeakLine.Length - "kB".Length), NumberStyles.Integer, CultureInfo.InvariantCulture);
    }
}
