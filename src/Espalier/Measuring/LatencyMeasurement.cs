using System.Diagnostics;

namespace Espalier;

/// <summary>Measures latencies.</summary>
internal static class LatencyMeasurement
{
    // What runs often is compiled anew in the background some tenths of a second after the start.
    private static readonly TimeSpan LeastWarmUp = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs something several times, the first ones unmeasured.</summary>
    /// <param name="warmup">Runs before the first that counts; they are repeated until they took half a second, unless there are none.</param>
    /// <param name="repeat">Runs that count.</param>
    /// <param name="run">What to measure.</param>
    /// <param name="report">Is told how many runs are done, the unmeasured ones included.</param>
    /// <param name="cancellation">Looked at before each run.</param>
    internal static Latencies Measure(int warmup, int repeat, Action run, Action<long> report, CancellationToken cancellation)
    {
        var times = new List<double>(repeat);
        long first = Stopwatch.GetTimestamp();
        for (int i = 0; i < warmup || (warmup > 0 && Stopwatch.GetElapsedTime(first) < LeastWarmUp); i++)
        {
            cancellation.ThrowIfCancellationRequested();
            run();
            report(Math.Min(i + 1, warmup));
        }

        for (int i = 0; i < repeat; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            report(warmup + i + 1);
        }

        return new Latencies(times);
    }

    /// <summary>The most memory that the process has had at one time, in bytes; what it has now where the system does not tell.</summary>
    internal static long PeakBytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 > 0 ? process.PeakWorkingSet64 : process.WorkingSet64;
    }
}
