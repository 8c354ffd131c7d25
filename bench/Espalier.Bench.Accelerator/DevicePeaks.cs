using System.Diagnostics;
using ILGPU;
using ILGPU.Runtime;
using Device = Espalier.Accelerated.Device;

namespace Espalier.Bench.Accelerator;

/// <summary>What a device does at most, measured on it: multiply-adds in float32, and bytes copied within its memory.</summary>
/// <param name="Flops">Floating-point operations per second; a multiply-add counts as two.</param>
/// <param name="Bandwidth">Bytes read and written per second.</param>
internal readonly record struct DevicePeaks(double Flops, double Bandwidth)
{
    private const int ThreadsOfScale = 256;
    private const int Rounds = 1 << 10;
    private const int Repeats = 5;
    private const int NumbersOfScale = 1 << 14;

    /// <summary>Measures both.</summary>
    /// <param name="device">The device.</param>
    /// <param name="scale">How much work: 4096 fills a large device, 1 is for the emulated one.</param>
    internal static DevicePeaks Measure(Device device, int scale)
    {
        int threads = ThreadsOfScale * scale, rounds = scale == 1 ? 1 : Rounds;
        long numbers = (long)NumbersOfScale * scale;
        using MemoryBuffer1D<float, Stride1D.Dense> to = device.Allocate<float>(Math.Max(threads, numbers));
        using MemoryBuffer1D<float, Stride1D.Dense> from = device.Upload<float>(new float[numbers]);
        double multiplying = Fastest(device, () => device.Run(MultiplyAdd, threads, new Sums(to.View, 0.999f, 0.001f, rounds)));
        double copying = Fastest(device, () => device.Run(Copy, numbers, new Copied(from.View, to.View)));
        return new DevicePeaks(2.0 * Eight.Count * Eight.Unrolled * rounds * threads / multiplying, 2.0 * sizeof(float) * numbers / copying);
    }

    private static double Fastest(Device device, Action start)
    {
        double fastest = double.PositiveInfinity;
        for (int i = 0; i <= Repeats; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            start();
            device.Synchronize();
            fastest = i == 0 ? fastest : Math.Min(fastest, Stopwatch.GetElapsedTime(begin).TotalSeconds); // the first compiles the kernel
        }

        return fastest;
    }

    internal readonly struct Sums(ArrayView<float> to, float factor, float term, int rounds)
    {
        internal readonly ArrayView<float> To = to;
        internal readonly float Factor = factor;
        internal readonly float Term = term;
        internal readonly int Rounds = rounds;
    }

    internal readonly struct Copied(ArrayView<float> from, ArrayView<float> to)
    {
        internal readonly ArrayView<float> From = from, To = to;
    }

    internal static void MultiplyAdd(Index1D i, Sums sums)
    {
        var eight = new Eight(i);
        for (int round = 0; round < sums.Rounds; round++)
        {
            eight = eight.Next(sums.Factor, sums.Term).Next(sums.Factor, sums.Term).Next(sums.Factor, sums.Term).Next(sums.Factor, sums.Term);
        }

        sums.To[i] = eight.Sum;
    }

    internal static void Copy(Index1D i, Copied copied) => copied.To[i] = copied.From[i];

    /// <summary>Sums that do not wait for each other.</summary>
    private readonly struct Eight
    {
        internal const int Count = 8;
        internal const int Unrolled = 4; // calls of Next in a round

        private readonly float _a, _b, _c, _d, _e, _f, _g, _h;

        internal Eight(int i) : this(i, i + 1, i + 2, i + 3, i + 4, i + 5, i + 6, i + 7)
        {
        }

        private Eight(float a, float b, float c, float d, float e, float f, float g, float h) => (_a, _b, _c, _d, _e, _f, _g, _h) = (a, b, c, d, e, f, g, h);

        internal float Sum => _a + _b + _c + _d + _e + _f + _g + _h;

        internal Eight Next(float factor, float term) => new(
            (_a * factor) + term, (_b * factor) + term, (_c * factor) + term, (_d * factor) + term, (_e * factor) + term, (_f * factor) + term, (_g * factor) + term, (_h * factor) + term);
    }
}
