using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Kernels.Tests;

internal static partial class IntegerMapChecks
{
    private static void MaxPool(ulong seed)
    {
        var dice = new Dice(seed);
        (IntegerMap map, PoolGeometry geometry, BlockedLayout y) = Pool(dice, seed, dilated: true);
        using IntegerMap input = map;
        var expected = new byte[input.Batch * Maps.Plain(y).Length];
        Reference.IntegerMaxPool(input.Plain, input.Batch, input.Shape, geometry, expected);
        byte zeroPoint = (byte)ZeroPoint(dice);
        new IntegerMapCheck(seed, y, input.Batch, zeroPoint).Run(
            expected, (output, part, parts) => IntegerMaps.MaxPool(geometry, zeroPoint, input.Span, input.Layout, output, y, input.Batch, part, parts));
    }

    private static void AveragePool(ulong seed)
    {
        var dice = new Dice(seed);
        (IntegerMap map, PoolGeometry geometry, BlockedLayout y) = Pool(dice, seed, dilated: false);
        using IntegerMap input = map;
        geometry = geometry with { CountIncludePad = dice.Chance(0.5) };
        (int zeroPoint, float inputScale, float outputScale, Requantization to) = Scales(dice);
        var expected = new byte[input.Batch * Maps.Plain(y).Length];
        Reference.IntegerAveragePool(input.Plain, input.Batch, input.Shape, geometry, zeroPoint, inputScale, outputScale, to, expected);
        Check(seed, y, input.Batch, to).Run(expected, (output, part, parts) =>
            IntegerMaps.AveragePool(geometry, zeroPoint, inputScale, outputScale, to, input.Span, input.Layout, output, y, input.Batch, part, parts));
    }

    private static void AdaptiveMaxPool(ulong seed)
    {
        var dice = new Dice(seed);
        (IntegerMap map, BlockedLayout y) = Adaptive(dice, seed);
        using IntegerMap input = map;
        var expected = new byte[input.Batch * Maps.Plain(y).Length];
        Reference.IntegerAdaptiveMaxPool(input.Plain, input.Batch, input.Shape, (y.Height, y.Width), expected);
        new IntegerMapCheck(seed, y, input.Batch, 5).Run(
            expected, (output, part, parts) => IntegerMaps.AdaptiveMaxPool(5, input.Span, input.Layout, output, y, input.Batch, part, parts));
    }

    private static void AdaptiveAveragePool(ulong seed)
    {
        var dice = new Dice(seed);
        (IntegerMap map, BlockedLayout y) = Adaptive(dice, seed);
        using IntegerMap input = map;
        (int zeroPoint, float inputScale, float outputScale, Requantization to) = Scales(dice);
        var expected = new byte[input.Batch * Maps.Plain(y).Length];
        Reference.IntegerAdaptiveAveragePool(input.Plain, input.Batch, input.Shape, (y.Height, y.Width), zeroPoint, inputScale, outputScale, to, expected);
        Check(seed, y, input.Batch, to).Run(expected, (output, part, parts) =>
            IntegerMaps.AdaptiveAveragePool(zeroPoint, inputScale, outputScale, to, input.Span, input.Layout, output, y, input.Batch, part, parts));
    }

    private static (IntegerMap Input, PoolGeometry Geometry, BlockedLayout Output) Pool(Dice dice, ulong seed, bool dilated)
    {
        var input = new IntegerMap(IntegerMap.RandomLayout(dice), dice.Between(1, 3), seed);
        while (true)
        {
            var geometry = new PoolGeometry((dice.Between(1, 4), dice.Between(1, 4)))
            {
                Stride = (dice.Between(1, 3), dice.Between(1, 3)),
                Padding = new Padding(dice.Between(0, 3), dice.Between(0, 3), dice.Between(0, 3), dice.Between(0, 3)),
                Dilation = dilated ? (dice.Between(1, 2), dice.Between(1, 2)) : 1,
                CeilMode = dice.Chance(0.5),
            };
            FeatureMap output = geometry.Output(input.Shape);
            if (output.Height > 0 && output.Width > 0)
            {
                return (input, geometry, IntegerMap.RandomLayout(dice, output.Channels, output.Size));
            }
        }
    }

    // Global, of few or many pixels, or not.
    private static (IntegerMap Input, BlockedLayout Output) Adaptive(Dice dice, ulong seed)
    {
        Size size = dice.Pick<Size>((dice.Between(1, 9), dice.Between(1, 9)), (17, 16), (3, 300), (40, 7), (1, 700));
        BlockedLayout x = IntegerMap.RandomLayout(dice, dice.Between(1, 37), size);
        Size outputSize = dice.Chance(0.5) ? 1 : (dice.Between(1, 9), dice.Between(1, 9));
        return (new IntegerMap(x, dice.Between(1, 2), seed), IntegerMap.RandomLayout(dice, x.Channels, outputSize));
    }

    private static (int ZeroPoint, float InputScale, float OutputScale, Requantization To) Scales(Dice dice) =>
        (ZeroPoint(dice), dice.Pick(0.047f, 0.02f, 1, 1e15f), dice.Pick(0.047f, 0.05f, 0.5f, 1e-14f, 1e20f), RandomRequantization(dice));
}
