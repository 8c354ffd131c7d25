using System.Diagnostics;
using Espalier.Kernels;

namespace Espalier.Bench.Measuring;

/// <summary>What several threads reach together when all of them do nothing else: the limits that networks are held against.</summary>
internal static class MachinePeaks
{
    /// <summary>Bytes that each thread reads: many times the largest cache.</summary>
    internal const int BytesOfBandwidth = 256 << 20;

    private const int Sweeps = 8;

    /// <summary>GFLOPS of fused multiply-adds.</summary>
    /// <param name="threads">Threads that measure at the same time.</param>
    /// <param name="set">The vectors.</param>
    /// <param name="repeats">Short loops of each, of which the best counts.</param>
    internal static double Gigaflops(int threads, InstructionSet set, int repeats) => Together(threads, () => FusedMultiplyAddPeak.Measure(set, repeats));

    /// <summary>Billions of multiply-adds of bytes a second.</summary>
    /// <param name="threads">Threads that measure at the same time.</param>
    /// <param name="tier">The instructions.</param>
    /// <param name="repeats">Short loops of each, of which the best counts.</param>
    internal static double ByteProducts(int threads, IntegerTier tier, int repeats) => Together(threads, () => ByteProductPeak.Measure(tier, repeats));

    /// <summary>GB/s at which memory is read, each thread memory of its own: the best of a few sweeps.</summary>
    /// <param name="threads">Threads that read at the same time.</param>
    internal static double Bandwidth(int threads) => Together(threads, Read);

    private static double Read()
    {
        var memory = new byte[BytesOfBandwidth];
        Array.Fill(memory, (byte)1);
        double best = 0;
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            long start = Stopwatch.GetTimestamp();
            int found = memory.AsSpan().IndexOf((byte)2); // vectorised by the runtime: nothing but reading
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            best = found < 0 ? Math.Max(best, BytesOfBandwidth / seconds * 1e-9) : best;
        }

        return best;
    }

    private static double Together(int threads, Func<double> measure)
    {
        var peaks = new double[threads];
        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(i => new Thread(() => peaks[i] = measure()))];
        Array.ForEach(others, thread => thread.Start());
        peaks[0] = measure();
        Array.ForEach(others, thread => thread.Join());
        return peaks.Sum();
    }
}
