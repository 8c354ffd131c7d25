using System.Diagnostics;

namespace Espalier;

/// <summary>Measures latencies.</summary>
internal static class LatencyMeasurement
{
    // Tiered compilation recompiles hot methods in the background some tenths of a second after the start.
    private static readonly TimeSpan LeastWarmUp = TimeSpan.FromMilliseconds(500);

    /// <summary>Measures the latency of several runs after a warm-up.</summary>
    /// <param name="warmup">The number of warm-up runs; unless it is 0, they are repeated until they have taken half a second.</param>
    /// <param name="repeat">The number of measured runs.</param>
    /// <param name="run">The operation to measure.</param>
    /// <param name="report">Called with the number of runs done, including warm-up runs.</param>
    /// <param name="cancellation">Checked before each run.</param>
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

    /// <summary>The peak memory of the process in bytes, or its current memory if the system does not report the peak.</summary>
    internal static long PeakBytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 > 0 ? process.PeakWorkingSet64 : process.WorkingSet64;
    }
}
