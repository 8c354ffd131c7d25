using System.Diagnostics;

namespace Espalier.Cli.Measuring;

/// <summary>Measures.</summary>
internal static class Measurement
{
    /// <summary>Runs something several times, the first ones unmeasured.</summary>
    /// <param name="warmup">Runs before the first that counts.</param>
    /// <param name="repeat">Runs that count.</param>
    /// <param name="run">What to measure.</param>
    /// <param name="report">Is told how many runs are done, the unmeasured ones included.</param>
    /// <param name="cancellation">Looked at before each run.</param>
    internal static Latencies Measure(int warmup, int repeat, Action run, Action<long> report, CancellationToken cancellation)
    {
        var times = new List<double>(repeat);
        for (int i = 0; i < warmup + repeat; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            run();
            double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (i >= warmup)
            {
                times.Add(elapsed);
            }

            report(i + 1);
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
