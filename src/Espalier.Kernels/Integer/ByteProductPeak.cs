using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Measures the peak of products of bytes that one core adds up, which kernels for 8 bits are compared with.</summary>
internal static unsafe class ByteProductPeak
{
    private const int Steps = 20_000;
    private const int CompiledSums = 12;
    private static readonly int[] s_emittedSums = [0, 1, 2, 3, 4, 5, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27]; // Windows wants xmm6–15 back

    private static readonly Lazy<nint> s_code = new(() => ExecutableMemory.Publish(Emit()));

    /// <summary>Billions of multiply-adds per second, the best of <paramref name="repeats"/> short loops; NaN for a tier without vectors.</summary>
    /// <exception cref="NotSupportedException">This process cannot use the tier.</exception>
    internal static double Measure(IntegerTier tier, int repeats = 20)
    {
        if (!tier.IsSupported)
        {
            throw new NotSupportedException(tier.Obstacle);
        }

        double best = 0;
        for (int i = 0; i < repeats; i++)
        {
            best = Math.Max(best, Time(tier));
        }

        return best == 0 ? double.NaN : best;
    }

    /// <summary>A loop of <c>vpdpbusd zmm</c> on as many sums as hide its latency.</summary>
    /// <remarks>It has no arguments and leaves alone what a function must leave alone under System V's and Windows' calling conventions.</remarks>
    internal static byte[] Emit()
    {
        var code = new X64Assembler();
        code.Move(X64Register.R9, Steps);
        int next = code.Here;
        foreach (int sum in s_emittedSums)
        {
            code.AddProductsOfBytes(sum, 28, 30);
        }

        code.Subtract(X64Register.R9, 1);
        code.JumpIfNotZero(next);
        code.ReturnFromVectors();
        return code.ToArray();
    }

    private static double Time(IntegerTier tier) =>
        tier == IntegerTier.Avx512Vnni ? TimeEmitted()
        : tier == IntegerTier.AvxVnni256 ? Time<DotAvxVnni>()
        : tier == IntegerTier.Avx512 || (tier == IntegerTier.Avx512Emitted && IntegerTier.Avx512.IsSupported) ? Time<Dot512>() // the same instructions
        : tier == IntegerTier.Avx2 ? Time<Dot256>()
        : tier == IntegerTier.ArmDotProduct ? Time<DotArm>()
        : 0;

    private static double TimeEmitted()
    {
        if (s_code.Value == 0)
        {
            return 0;
        }

        long start = Stopwatch.GetTimestamp();
        ((delegate* unmanaged[SuppressGCTransition]<void>)s_code.Value)();
        return Rate(s_emittedSums.Length, SumShape.Outputs, start);
    }

    private static double Time<TDot>() where TDot : unmanaged, IDot<TDot>
    {
        byte* numbers = stackalloc byte[64];
        new Span<byte>(numbers, 64).Fill(1);
        long start = Stopwatch.GetTimestamp();
        Loop<TDot>(numbers, (int*)numbers);
        return Rate(CompiledSums, TDot.Outputs, start);
    }

    private static double Rate(int sums, int outputs, long start) =>
        (double)Steps * sums * outputs * SumShape.QuadChannels / Stopwatch.GetElapsedTime(start).TotalSeconds * 1e-9;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Loop<TDot>(byte* numbers, int* result) where TDot : unmanaged, IDot<TDot>
    {
        (TDot x, TDot y, TDot none) = (TDot.Input(numbers), TDot.Weights((sbyte*)numbers), TDot.Bias((int*)numbers));
        TDot a = none, b = none, c = none, d = none, e = none, f = none, g = none, h = none, i = none, j = none, k = none, l = none;
        for (int step = 0; step < Steps; step++)
        {
            TDot.AddProducts(ref a, x, y);
            TDot.AddProducts(ref b, x, y);
            TDot.AddProducts(ref c, x, y);
            TDot.AddProducts(ref d, x, y);
            TDot.AddProducts(ref e, x, y);
            TDot.AddProducts(ref f, x, y);
            TDot.AddProducts(ref g, x, y);
            TDot.AddProducts(ref h, x, y);
            TDot.AddProducts(ref i, x, y);
            TDot.AddProducts(ref j, x, y);
            TDot.AddProducts(ref k, x, y);
            TDot.AddProducts(ref l, x, y);
        }

        foreach (TDot sum in (ReadOnlySpan<TDot>)[a, b, c, d, e, f, g, h, i, j, k, l])
        {
            TDot.Store(result, sum); // so that none is left out
        }
    }
}
