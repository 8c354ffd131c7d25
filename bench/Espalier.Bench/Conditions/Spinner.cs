using System.Diagnostics;

namespace Espalier.Bench.Conditions;

/// <summary>A process that keeps a processor busy.</summary>
internal static class Spinner
{
    // Whatever becomes of the process that started it, it ends.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    internal static int Run()
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < Longest)
        {
            Thread.SpinWait(1000);
        }

        return 0;
    }
}
