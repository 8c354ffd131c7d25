using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Measures the peak floating-point performance of one core, which kernels are compared with.</summary>
internal static class FusedMultiplyAddPeak
{
    private const int Accumulators = 12; // 2 units x 4 to 5 cycles of latency need 8 to 10 independent sums
    private const int Steps = 20_000;

    /// <summary>Billions of floating-point operations per second (two per multiply-add), the best of <paramref name="repeats"/> short loops.</summary>
    public static double Measure(InstructionSet instructionSet, int repeats = 20)
    {
        ArgumentNullException.ThrowIfNull(instructionSet);
        double best = 0;
        for (int i = 0; i < repeats; i++)
        {
            best = Math.Max(best, instructionSet.Lanes switch
            {
                16 => Time<Lanes512>(),
                8 => Time<Lanes256>(),
                _ => Time<Lanes128>(),
            });
        }

        return best;
    }

    private static double Time<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        long start = Stopwatch.GetTimestamp();
        TLanes sum = Loop(TLanes.Broadcast(0.5f), TLanes.Zero);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Keep(sum);
        return 2.0 * TLanes.Count * Accumulators * Steps / seconds * 1e-9;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TLanes Loop<TLanes>(TLanes x, TLanes y) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int step = 0; step < Steps; step++)
        {
            (a, b, c) = (TLanes.MultiplyAdd(x, y, a), TLanes.MultiplyAdd(x, y, b), TLanes.MultiplyAdd(x, y, c));
            (d, e, f) = (TLanes.MultiplyAdd(x, y, d), TLanes.MultiplyAdd(x, y, e), TLanes.MultiplyAdd(x, y, f));
            (g, h, i) = (TLanes.MultiplyAdd(x, y, g), TLanes.MultiplyAdd(x, y, h), TLanes.MultiplyAdd(x, y, i));
            (j, k, l) = (TLanes.MultiplyAdd(x, y, j), TLanes.MultiplyAdd(x, y, k), TLanes.MultiplyAdd(x, y, l));
        }

        TLanes left = TLanes.Add(TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d)), TLanes.Add(e, f));
        return TLanes.Add(left, TLanes.Add(TLanes.Add(TLanes.Add(g, h), TLanes.Add(i, j)), TLanes.Add(k, l)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep<TLanes>(TLanes value) where TLanes : unmanaged, ILanes<TLanes> => _ = value;
}
