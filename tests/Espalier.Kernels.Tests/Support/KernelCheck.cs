using System.Runtime.InteropServices;

namespace Espalier.Kernels.Tests;

/// <summary>Runs a kernel over guarded memory, holds it against the reference in double, and checks that splitting changes no bit.</summary>
internal static class KernelCheck
{
    private static readonly int[] Splits = [2, 3, 7];

    internal delegate void Kernel(Span<float> output, int part, int parts);

    /// <summary>Checks a kernel that writes whole maps.</summary>
    /// <param name="what">The case, for messages.</param>
    /// <param name="layout">The output's layout; its border must stay untouched.</param>
    /// <param name="batch">Images.</param>
    /// <param name="expected">Plain.</param>
    /// <param name="tolerance">Greatest error, in units of the expected output's root mean square; 0 asks for the same bits.</param>
    /// <param name="inputs">What the kernel reads, to check that it writes nothing near it.</param>
    /// <param name="kernel">Runs one part.</param>
    internal static void Maps(
        string what, BlockedLayout layout, int batch, double[] expected, double tolerance, GuardedBuffer[] inputs, Kernel kernel)
    {
        GuardedBuffer whole = Run(layout, batch, 1, kernel, null);
        whole.AssertWallsStand(what);
        Tests.Maps.AssertBorderIsPoison(whole, layout, batch, what);
        AssertClose(what, expected, Tests.Maps.Unblock(whole, layout, batch), tolerance);
        foreach (GuardedBuffer input in inputs)
        {
            input.AssertWallsStand(what);
        }

        AssertSplitsAgree(what, whole, parts => Run(layout, batch, parts, kernel, null));
    }

    /// <summary>Checks a kernel that works in place.</summary>
    internal static void InPlace(
        string what, BlockedLayout layout, int batch, double[] expected, double tolerance, GuardedBuffer input, Kernel kernel)
    {
        GuardedBuffer whole = Run(layout, batch, 1, kernel, input);
        whole.AssertWallsStand(what);
        Tests.Maps.AssertBorderIsPoison(whole, layout, batch, what);
        AssertClose(what, expected, Tests.Maps.Unblock(whole, layout, batch), tolerance);
        AssertSplitsAgree(what, whole, parts => Run(layout, batch, parts, kernel, input));
    }

    internal static void AssertClose(string what, double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double[] finite = [.. expected.Where(double.IsFinite)];
        double rms = finite.Length == 0 ? 0 : Math.Sqrt(finite.Sum(value => value * value) / finite.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = double.IsFinite(expected[i])
                ? Math.Abs(actual[i] - expected[i]) <= tolerance * rms
                : expected[i].Equals(actual[i]);
            if (!same)
            {
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R} (rms {rms:G3}, tolerance {tolerance:G3})");
            }
        }
    }

    private static GuardedBuffer Run(BlockedLayout layout, int batch, int parts, Kernel kernel, GuardedBuffer? start)
    {
        var output = new GuardedBuffer(batch * layout.Length);
        start?.Span.CopyTo(output.Span);
        for (int part = parts - 1; part >= 0; part--)
        {
            kernel(output.Span, part, parts);
        }

        return output;
    }

    private static void AssertSplitsAgree(string what, GuardedBuffer whole, Func<int, GuardedBuffer> run)
    {
        foreach (int parts in Splits)
        {
            GuardedBuffer split = run(parts);
            bool same = MemoryMarshal.Cast<float, uint>(whole.Span).SequenceEqual(MemoryMarshal.Cast<float, uint>(split.Span));
            Assert.True(same, $"{what}: {parts} parts give other bits than one");
        }
    }
}
