using Espalier.Testing;

namespace Espalier.Kernels.Tests;

internal static partial class IntegerMapChecks
{
    private static void Quantize(ulong seed)
    {
        var dice = new Dice(seed);
        int batch = dice.Between(1, 3);
        BlockedLayout y = IntegerMap.RandomLayout(dice, dice.Between(1, 37), (dice.Between(1, 7), dice.Between(1, 9)), dice.Pick(16, 16, 4));
        BlockedLayout x = IntegerMap.RandomLayout(dice, y.Channels, (y.Height, y.Width), dice.Pick(16, 8, 4));
        (float scale, Requantization to) = (Scale(dice), RandomRequantization(dice));
        float[] plain = Floats(dice, batch * Maps.Plain(y).Length, scale);
        using var input = new GuardedPages<float>(x.LengthOf(batch), seed % 2 == 0);
        input.Span.Fill(float.NaN);
        IntegerRun.Block<float>(plain, input.Span, x);
        Check(seed, y, batch, to).Run(Expected(plain, scale, to), (output, part, parts) => IntegerMaps.Quantize(input.Span, x, scale, to, output, y, batch, part, parts));
    }

    private static void QuantizePlanar(ulong seed)
    {
        var dice = new Dice(seed);
        int batch = dice.Between(1, 3);
        int lanes = dice.Pick(16, 4, 3);
        BlockedLayout y = IntegerMap.RandomLayout(dice, lanes == 3 ? 3 : dice.Between(1, 37), (dice.Between(1, 7), dice.Between(1, 40)), lanes);
        (float scale, Requantization to) = (Scale(dice), RandomRequantization(dice));
        float[] plain = Floats(dice, batch * Maps.Plain(y).Length, scale);
        using var input = new GuardedPages<float>(plain.Length, seed % 2 == 0);
        plain.CopyTo(input.Span);
        Check(seed, y, batch, to).Run(Expected(plain, scale, to), (output, part, parts) => IntegerMaps.QuantizePlanar(input.Span, scale, to, output, y, batch, part, parts));
    }

    private static void Dequantize(ulong seed)
    {
        var dice = new Dice(seed);
        int batch = dice.Between(1, 3);
        BlockedLayout x = IntegerMap.RandomLayout(dice, dice.Between(1, 37), (dice.Between(1, 7), dice.Between(1, 9)), dice.Pick(16, 16, 4));
        BlockedLayout y = IntegerMap.RandomLayout(dice, x.Channels, (x.Height, x.Width), dice.Pick(16, 8, 4));
        (float scale, int zeroPoint) = (Scale(dice), ZeroPoint(dice));
        using var input = new IntegerMap(x, batch, seed);
        var plain = new float[input.Plain.Length];
        Reference.Dequantize(input.Plain, scale, zeroPoint, plain);
        using var expected = new GuardedPages<float>(y.LengthOf(batch), true); // all else is 0 but what lies between the images
        foreach (int parts in new[] { 1, 2 + (int)(seed % 6) })
        {
            using var output = new GuardedPages<float>(y.LengthOf(batch), seed % 3 == 0);
            output.Span.Fill(float.NaN);
            for (int i = 0; i < output.Count; i++)
            {
                expected.Span[i] = i % y.Length < y.Blocks * y.BlockStride ? 0 : float.NaN;
            }

            IntegerRun.Block<float>(plain, expected.Span, y);
            for (int part = parts - 1; part >= 0; part--)
            {
                IntegerMaps.Dequantize(input.Span, x, scale, zeroPoint, output.Span, y, batch, part, parts);
            }

            for (int i = 0; i < output.Count; i++)
            {
                Assert.True(BitConverter.SingleToInt32Bits(expected.Span[i]) == BitConverter.SingleToInt32Bits(output.Span[i]), $"seed {seed}, {parts} parts, {x} to {y}: number {i} is {output.Span[i]}, expected {expected.Span[i]}");
            }
        }
    }

    private static byte[] Expected(float[] plain, float scale, Requantization to)
    {
        var expected = new byte[plain.Length];
        Reference.Quantize(plain, scale, to, expected);
        return expected;
    }

    private static float Scale(Dice dice) => dice.Pick(0.5f, 0.1f, 0.047f, 1e-38f, 1e30f);

    private static float[] Floats(Dice dice, int length, float scale) =>
        [.. Enumerable.Range(0, length).Select(i => dice.Between(0, 19) switch
        {
            0 => dice.Pick(float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon, -0f),
            1 or 2 or 3 => (dice.Between(-200, 200) + 0.5f) * scale, // halves
            _ => dice.Between(-300_000, 300_000) * 1e-3f * scale,
        })];
}
