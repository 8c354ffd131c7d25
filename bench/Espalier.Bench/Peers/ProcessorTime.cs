using System.Globalization;

namespace Espalier.Bench.Peers;

/// <summary>What the processors did since the machine was started, as Linux counts it.</summary>
/// <param name="Idle">Ticks in which they waited.</param>
/// <param name="Total">All ticks, those that the host of a virtual machine gave to others included.</param>
internal readonly record struct ProcessorTime(long Idle, long Total)
{
    // Long against the kernel's ticks of 10 ms; a benchmark takes minutes.
    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(500);

    /// <summary>The share of all processors' time that is used while this process sleeps for a moment; NaN where it is not told.</summary>
    internal static double ShareUsedByOthers()
    {
        ProcessorTime? before = Now();
        Thread.Sleep(Sample);
        return before is { } from && Now() is { } to ? to.ShareUsedSince(from) : double.NaN;
    }

    /// <summary>Reads the first line of /proc/stat: <c>cpu</c> and ticks as user, nice, system, idle, waiting for disks, interrupts (two), stolen by the host, and two that the first hold already.</summary>
    internal static ProcessorTime? Parse(string line)
    {
        const int User = 1, Idle = 4, Waiting = 5, Stolen = 8; // places in the line
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length <= Stolen || words[0] != "cpu")
        {
            return null;
        }

        long[] ticks = [.. words[User..(Stolen + 1)].Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
        return new ProcessorTime(ticks[Idle - User] + ticks[Waiting - User], ticks.Sum());
    }

    /// <summary>The share of the time since an earlier reading that was not idle.</summary>
    internal double ShareUsedSince(ProcessorTime earlier) => Total == earlier.Total ? double.NaN : 1 - ((double)(Idle - earlier.Idle) / (Total - earlier.Total));

    private static ProcessorTime? Now()
    {
        const string Path = "/proc/stat";
        return File.Exists(Path) ? Parse(File.ReadLines(Path).First()) : null;
    }
}
