using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Kernels.Tests;

internal static partial class IntegerMapChecks
{
    private static void Gather(ulong seed)
    {
        var dice = new Dice(seed);
        int batch = dice.Between(1, 3);
        BlockedLayout x = IntegerMap.RandomLayout(dice, dice.Between(1, 70), (dice.Between(1, 9), dice.Between(1, 12)));
        BlockedLayout y = IntegerMap.RandomLayout(dice, dice.Between(1, 70), (x.Height, x.Width));
        using var input = new IntegerMap(x, batch, seed);
        int first = dice.Chance(0.5) ? dice.Between(0, (y.Channels - 1) / 16) * 16 : dice.Between(0, y.Channels - 1);
        int count = dice.Chance(0.3) ? y.Channels - first : dice.Between(0, y.Channels - first);
        int start = dice.Chance(0.5) ? dice.Between(0, (x.Channels - 1) / 16) * 16 : dice.Between(0, x.Channels - 1);
        bool scattered = dice.Chance(0.3);
        int[] sources = [.. Enumerable.Range(start, count).Select(i => scattered ? dice.Between(ChannelKernel.Zero, x.Channels - 1) : i < x.Channels ? i : ChannelKernel.Zero)];
        byte[] table = dice.Chance(0.5) ? Table(dice) : [];
        byte zeroPoint = (byte)ZeroPoint(dice);

        var expected = new byte[batch * Maps.Plain(y).Length];
        int pixels = x.Height * x.Width;
        for (int i = 0; i < expected.Length; i++)
        {
            (int image, int channel) = (i / pixels / y.Channels, i / pixels % y.Channels);
            expected[i] = channel < first || channel >= first + count ? IntegerMapCheck.Untouched
                : sources[channel - first] == ChannelKernel.Zero ? zeroPoint
                : Through(input.Plain[(((image * x.Channels) + sources[channel - first]) * pixels) + (i % pixels)]);
        }

        int blocks = count == 0 ? 0 : ((first + count - 1) / 16) + 1 - (first / 16);
        var check = new IntegerMapCheck(seed, y, batch, zeroPoint) { FirstBlock = count == 0 ? y.Blocks + 9 : first / 16, Blocks = blocks };
        check.Run(expected, (output, part, parts) => IntegerMaps.Gather(sources, first, table, zeroPoint, input.Span, x, output, y, batch, part, parts));

        byte Through(byte number) => table.Length == 0 ? number : table[number];
    }

    private static void Flatten(ulong seed)
    {
        var dice = new Dice(seed);
        int batch = dice.Between(1, 3);
        using var input = new IntegerMap(IntegerMap.RandomLayout(dice), batch, seed);
        var y = new BlockedLayout(input.Shape.Length, 1, 1, 16);
        y = dice.Chance(0.3) ? y with { ImageBlocks = y.Blocks + 1 } : y;
        new IntegerMapCheck(seed, y, batch, 9).Run(input.Plain, (output, part, parts) => IntegerMaps.Flatten(9, input.Span, input.Layout, output, y, batch, part, parts));
    }

    private static void Pad(ulong seed)
    {
        var dice = new Dice(seed);
        int batch = dice.Between(1, 3);
        using var input = new IntegerMap(IntegerMap.RandomLayout(dice), batch, seed);
        var padding = new Padding(dice.Between(0, 3), dice.Between(0, 3), dice.Between(0, 3), dice.Between(0, 3));
        (FeatureMap shape, byte zeroPoint) = (input.Shape, (byte)ZeroPoint(dice));
        BlockedLayout y = IntegerMap.RandomLayout(dice, shape.Channels, (shape.Height + padding.Vertical, shape.Width + padding.Horizontal));
        var expected = new byte[batch * Maps.Plain(y).Length];
        Array.Fill(expected, zeroPoint);
        for (int i = 0; i < input.Plain.Length; i++)
        {
            (int plane, int pixel) = Math.DivRem(i, shape.Pixels);
            expected[(((plane * y.Height) + (pixel / shape.Width) + padding.Top) * y.Width) + (pixel % shape.Width) + padding.Left] = input.Plain[i];
        }

        new IntegerMapCheck(seed, y, batch, zeroPoint).Run(
            expected, (output, part, parts) => IntegerMaps.Pad(padding, zeroPoint, input.Span, input.Layout, output, y, batch, part, parts));
    }

    private static void EdgePad(ulong seed)
    {
        var dice = new Dice(seed);
        int batch = dice.Between(1, 3);
        using var input = new IntegerMap(IntegerMap.RandomLayout(dice), batch, seed);
        FeatureMap shape = input.Shape;
        PaddingMode mode = dice.Pick(PaddingMode.Reflect, PaddingMode.Replicate);
        var padding = new Padding(Side(shape.Height), Side(shape.Width), Side(shape.Height), Side(shape.Width));
        BlockedLayout y = IntegerMap.RandomLayout(dice, shape.Channels, (shape.Height + padding.Vertical, shape.Width + padding.Horizontal));
        var expected = new float[batch * Maps.Plain(y).Length];
        Reference.EdgePad<float>([.. input.Plain.Select(x => (float)x)], batch, shape, mode, padding, expected);
        new IntegerMapCheck(seed, y, batch, 7).Run(
            [.. expected.Select(x => (byte)x)], (output, part, parts) => IntegerMaps.EdgePad(mode, padding, 7, input.Span, input.Layout, output, y, batch, part, parts));

        int Side(int extent) => dice.Between(0, mode == PaddingMode.Reflect ? Math.Min(3, extent - 1) : 3);
    }
}
