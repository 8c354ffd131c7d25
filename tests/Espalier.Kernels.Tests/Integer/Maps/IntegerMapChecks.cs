using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Kernels.Tests;

/// <summary>One random case of each kernel over 8-bit maps against its definition.</summary>
internal static partial class IntegerMapChecks
{
    /// <summary>All checks by name.</summary>
    internal static IReadOnlyDictionary<string, Action<ulong>> All { get; } = new Dictionary<string, Action<ulong>>
    {
        [nameof(Add)] = Add,
        [nameof(Multiply)] = Multiply,
        [nameof(MultiplyChannels)] = MultiplyChannels,
        [nameof(ScaleShift)] = ScaleShift,
        [nameof(LookUp)] = LookUp,
        [nameof(Quantize)] = Quantize,
        [nameof(QuantizePlanar)] = QuantizePlanar,
        [nameof(Dequantize)] = Dequantize,
        [nameof(Gather)] = Gather,
        [nameof(Flatten)] = Flatten,
        [nameof(Pad)] = Pad,
        [nameof(EdgePad)] = EdgePad,
        [nameof(MaxPool)] = MaxPool,
        [nameof(AdaptiveMaxPool)] = AdaptiveMaxPool,
        [nameof(AveragePool)] = AveragePool,
        [nameof(AdaptiveAveragePool)] = AdaptiveAveragePool,
    };

    private static void Add(ulong seed)
    {
        var dice = new Dice(seed);
        (IntegerMap a, BlockedLayout y, int batch) = MapAndOutput(dice, seed);
        using IntegerMap first = a, second = new(IntegerMap.RandomLayout(dice, y.Channels, (y.Height, y.Width)), batch, seed + 1);
        var addition = new IntegerAddition(ZeroPoint(dice), Multiplier(dice), ZeroPoint(dice), Multiplier(dice), RandomRequantization(dice));
        var expected = new byte[first.Plain.Length];
        Reference.IntegerAdd(first.Plain, second.Plain, addition, expected);
        Check(seed, y, batch, addition.Output).Run(expected, (output, part, parts) =>
            IntegerMaps.Add(addition, first.Span, first.Layout, second.Span, second.Layout, output, y, batch, part, parts));

        IntegerMaps.Add(addition, first.Span, first.Layout, second.Span, second.Layout, first.Span, first.Layout, batch, 0, 1); // in its place
        Assert.True(expected.AsSpan().SequenceEqual(IntegerRun.Plain<byte>(first.Span, first.Layout, batch)), $"seed {seed}, in place");
    }

    private static void Multiply(ulong seed) => Multiply(seed, channels: false);

    private static void MultiplyChannels(ulong seed) => Multiply(seed, channels: true);

    private static void Multiply(ulong seed, bool channels)
    {
        var dice = new Dice(seed);
        (IntegerMap a, BlockedLayout y, int batch) = MapAndOutput(dice, seed);
        Size size = channels ? 1 : (y.Height, y.Width);
        using IntegerMap first = a, second = new(IntegerMap.RandomLayout(dice, y.Channels, size), batch, seed + 1);
        (int zeroA, int zeroB, float multiplier, Requantization to) = (ZeroPoint(dice), ZeroPoint(dice), Multiplier(dice), RandomRequantization(dice));
        var expected = new byte[first.Plain.Length];
        Reference.IntegerMultiply(first.Plain, zeroA, second.Plain, zeroB, batch, first.Shape, multiplier, to, expected);
        Check(seed, y, batch, to).Run(expected, (output, part, parts) =>
            IntegerMaps.Multiply(zeroA, zeroB, multiplier, to, first.Span, first.Layout, second.Span, second.Layout, output, y, batch, part, parts));
    }

    private static void ScaleShift(ulong seed)
    {
        var dice = new Dice(seed);
        (IntegerMap a, BlockedLayout y, int batch) = MapAndOutput(dice, seed);
        using IntegerMap map = a;
        (int zeroPoint, Requantization to) = (ZeroPoint(dice), RandomRequantization(dice));
        float[] multipliers = [.. Enumerable.Range(0, y.Channels).Select(_ => dice.Chance(0.1) ? float.PositiveInfinity : dice.Chance(0.5) ? -Multiplier(dice) : Multiplier(dice))];
        float[] shifts = [.. Enumerable.Range(0, y.Channels).Select(_ => dice.Pick(0, -3.5f, 0.5f, 1e30f, -100.25f, 17))];
        var expected = new byte[map.Plain.Length];
        Reference.IntegerScaleShift(map.Plain, zeroPoint, batch, map.Shape, multipliers, shifts, to, expected);
        (float[] scale, float[] shift) = (Padded(multipliers), Padded(shifts));
        Check(seed, y, batch, to).Run(expected, (output, part, parts) =>
            IntegerMaps.ScaleShift(zeroPoint, scale, shift, to, map.Span, map.Layout, output, y, batch, part, parts));

        float[] Padded(float[] values)
        {
            var padded = new float[y.PaddedChannels];
            Array.Fill(padded, float.NaN);
            values.CopyTo(padded, 0);
            return padded;
        }
    }

    private static void LookUp(ulong seed)
    {
        var dice = new Dice(seed);
        (IntegerMap a, BlockedLayout y, int batch) = MapAndOutput(dice, seed);
        using IntegerMap map = a;
        byte[] table = Table(dice);
        byte zeroPoint = (byte)ZeroPoint(dice);
        var expected = new byte[map.Plain.Length];
        Reference.IntegerLookUp(map.Plain, table, expected);
        new IntegerMapCheck(seed, y, batch, zeroPoint).Run(expected, (output, part, parts) => IntegerMaps.LookUp(table, zeroPoint, map.Span, map.Layout, output, y, batch, part, parts));
        IntegerMaps.LookUp(table, zeroPoint, map.Span, map.Layout, map.Span, map.Layout, batch, 0, 1); // in its place
        Assert.True(expected.AsSpan().SequenceEqual(IntegerRun.Plain<byte>(map.Span, map.Layout, batch)), $"seed {seed}, in place");
    }

    private static (IntegerMap Input, BlockedLayout Output, int Batch) MapAndOutput(Dice dice, ulong seed)
    {
        int batch = dice.Between(1, 3);
        BlockedLayout x = IntegerMap.RandomLayout(dice);
        return (new IntegerMap(x, batch, seed), IntegerMap.RandomLayout(dice, x.Channels, (x.Height, x.Width)), batch);
    }

    private static IntegerMapCheck Check(ulong seed, BlockedLayout y, int batch, Requantization to) => new(seed, y, batch, (byte)to.ZeroPoint);

    private static byte[] Table(Dice dice) => [.. Enumerable.Range(0, 256).Select(_ => (byte)dice.Between(0, 255))];

    private static int ZeroPoint(Dice dice) => dice.Pick(0, 255, 128, 3, 117);

    private static float Multiplier(Dice dice) => dice.Pick(0.5f, 1, 1.5f, 0.037f, 0.731f, 1.219f, 1e-30f, 1e30f);

    private static Requantization RandomRequantization(Dice dice)
    {
        (float low, float high) = dice.Pick<(float, float)>((float.NegativeInfinity, float.PositiveInfinity), (0, float.PositiveInfinity), (0, 6), (1.1f, 4.7f), (-3, -2));
        return Requantization.To(0.047f, dice.Pick(0, 128, 255, 77), low, high);
    }
}
