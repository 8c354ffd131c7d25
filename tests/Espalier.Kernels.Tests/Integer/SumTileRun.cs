using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Kernels.Tests;

/// <summary>Runs tiles with all of their operands between forbidden pages.</summary>
internal static unsafe class SumTileRun
{
    private const int Lanes = SumShape.Outputs;
    private const byte Untouched = 0xA5;

    /// <summary>A shape of a pattern that has emitted code, or one of those that intrinsics have.</summary>
    internal static SumShape RandomShape(Dice dice, bool isEmitted)
    {
        SumPattern pattern = isEmitted ? dice.Pick(SumPattern.Quads, SumPattern.Quads, SumPattern.WordQuads, SumPattern.GroupQuads, SumPattern.TapQuads) : dice.Pick(SumPattern.Quads, SumPattern.TapPairs);
        int width = dice.Between(1, pattern == SumPattern.WordQuads ? SumShape.MaximumWordWidth : SumShape.MaximumWidth);
        SumShape shape;
        if (!BlockPacking.Serves(pattern))
        {
            int quads = dice.Pick(4, 4, 1);
            int lanes = quads * SumShape.QuadChannels;
            int kernel = dice.Pick(1, 1, 2, 3, 4, 5, 7, 17);
            shape = new SumShape(width, dice.Between(1, 2), lanes * dice.Between(1, 3), kernel, lanes * dice.Between(1, 2), quads, quads == 4 ? dice.Between(0, 3) : 0);
            if (dice.Chance(0.2))
            {
                int row = PixelRow.Lanes * dice.Between(2, 9);
                shape = new SumShape(width, shape.Vectors, PixelRow.Lanes * dice.Between(1, 3), 1, 0, (row + 3) / SumShape.QuadChannels, 0) { RowBytes = row };
            }
        }
        else
        {
            bool isTapQuads = pattern == SumPattern.TapQuads;
            int kernel = isTapQuads ? dice.Between(1, SumShape.WidestTapQuads) : dice.Pick(1, 2, 3, 5, 9);
            shape = new SumShape(width, 1, Lanes * dice.Pick(1, 1, 2, 3), kernel, Lanes * (isTapQuads ? 1 : dice.Between(1, 2)), pattern == SumPattern.GroupQuads ? dice.Pick(1, 2, 4) : 4, 0);
        }

        SumFinish? finish = isEmitted && dice.Chance(0.7) ? new SumFinish(dice.Chance(0.5), dice.Chance(0.5), dice.Chance(0.5)) : null;
        bool joins = finish is not null && pattern == SumPattern.Quads && shape is { KernelWidth: 1, Vectors: 2, RowBytes: 0 } && dice.Chance(0.8);
        bool roundsFirst = finish is { AddsResidual: true } && dice.Chance(0.5);
        return shape with { Pattern = pattern, Finish = roundsFirst ? finish!.Value with { RoundsFirst = true } : finish, JoinsFinish = joins };
    }

    /// <summary>Fails unless a tile computes the sums of <see cref="PlainSumTile"/> or, if it finishes, what <see cref="RequantizedRow.Plain"/> makes of them.</summary>
    internal static void AssertSame(ulong seed, bool atEnd, bool isEmitted, Func<SumShape, SumTile> tileOf)
    {
        var dice = new Dice(seed);
        SumShape shape = RandomShape(dice, isEmitted);
        bool isQuads = !BlockPacking.Serves(shape.Pattern);
        int fullBlocks = isQuads ? dice.Between(shape.LastQuads > 0 ? 0 : 1, 3) : 1;
        int height = shape.JoinsFinish ? 1 : dice.Between(1, 4);
        int blocks = fullBlocks + (shape.LastQuads > 0 ? 1 : 0);
        int lanes = shape.RowBytes > 0 ? shape.RowBytes : isQuads ? shape.Quads * SumShape.QuadChannels : Lanes;
        int row = ((shape.FirstRun - 1) * shape.PixelStride) + ((shape.KernelWidth - 1) * shape.TapColumnStride) + lanes; // the bytes that a run reads of a row
        int gap = dice.Between(0, 2) * 16;
        int rows = height + dice.Between(0, 1); // the second run may be in a row of its own
        int blockStride = (rows * (row + gap)) - gap;
        int used = ((blocks - 1) * blockStride) + blockStride - (shape.LastQuads > 0 ? lanes - (shape.LastQuads * SumShape.QuadChannels) : 0);
        int outputs = shape.Vectors * Lanes;
        var random = new CounterRandom(seed);
        using var input = new GuardedPages<byte>(used, atEnd);
        using GuardedPages<sbyte> weights = WeightsOf(shape, random, height, (fullBlocks * shape.Quads) + shape.LastQuads, atEnd);
        using var bias = new GuardedPages<int>(outputs, atEnd);
        using var expected = new GuardedPages<int>(shape.Width * outputs, atEnd);
        using var actual = new GuardedPages<int>(shape.Width * outputs, atEnd);
        using var offsets = new GuardedPages<int>(isQuads ? Steps().Count() : height * shape.KernelWidth, atEnd);
        int[] places = isQuads ? [.. Steps()] : [.. from y in Enumerable.Range(0, height) from x in Enumerable.Range(0, shape.KernelWidth) select (y * (row + gap)) + (x * shape.TapColumnStride)];
        places.CopyTo(offsets.Span);
        for (int i = 0; i < input.Count; i++)
        {
            input.Span[i] = (byte)random.Bits((ulong)i);
        }

        for (int i = 0; i < bias.Count; i++)
        {
            bias.Span[i] = (int)(random.Bits((ulong)i) >> 16); // of all sizes: sums wrap
        }

        var tile = new MapTile(shape.Width, 0, (rows - height) * (row + gap), 0, 0, 0, 0);
        var arguments = new SumArguments
        {
            Input = input.Pointer,
            Tile = &tile,
            Tiles = 1,
            Weights = weights.Pointer,
            Bias = bias.Pointer,
            Sums = expected.Pointer,
            FullBlocks = fullBlocks,
            KernelHeight = height,
            TapRowStride = row + gap,
            BlockStep = blockStride - (height * (row + gap)),
            Offsets = offsets.Pointer,
            Steps = places.Length,
        };
        arguments.SetConstants(default, default);
        new PlainSumTile(shape).Run(&arguments);
        arguments.Sums = actual.Pointer;
        SumTile tested = tileOf(shape);
        if (tested.Finishes)
        {
            AssertFinished(seed, dice, atEnd, tested, arguments, expected.Span);
            return;
        }

        tested.Run(&arguments);
        Assert.True(expected.Span.SequenceEqual(actual.Span), $"seed {seed}: {shape}");

        IEnumerable<int> Steps() =>
            from block in Enumerable.Range(0, blocks)
            from y in Enumerable.Range(0, height)
            from x in Enumerable.Range(0, shape.KernelWidth)
            from quad in Enumerable.Range(0, block < fullBlocks ? shape.Quads : shape.LastQuads)
            select (block * blockStride) + (y * (row + gap)) + (x * shape.TapColumnStride) + shape.QuadOffset(quad);
    }

    private static GuardedPages<sbyte> WeightsOf(SumShape shape, CounterRandom random, int height, int quads, bool atEnd)
    {
        int area = height * shape.KernelWidth;
        bool isDepthwise = shape.Pattern is SumPattern.TapQuads or SumPattern.TapPairs;
        int bytes = shape.Pattern switch
        {
            SumPattern.Quads or SumPattern.WordQuads => quads * area * shape.StepBytes,
            SumPattern.GroupQuads => area * shape.Quads * shape.StepBytes,
            SumPattern.TapQuads => height * shape.TapShifts * shape.TapQuads * shape.StepBytes,
            _ => (area + 1) / 2 * 2 * Lanes,
        };
        var weights = new GuardedPages<sbyte>(bytes, atEnd);
        var values = new sbyte[isDepthwise ? Lanes * area : bytes];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (sbyte)(random.Bits((ulong)i) >> 8);
        }

        if (!isDepthwise)
        {
            values.CopyTo(weights.Span);
            return weights;
        }

        for (int channel = 0; channel < Lanes; channel++)
        {
            BlockPacking.PackDepthwise(shape, values.AsSpan(channel * area, area), channel, weights.Span);
        }

        return weights;
    }

    /// <summary>Several tiles that read the same inputs, so that the sums are those of one.</summary>
    private static void AssertFinished(ulong seed, Dice dice, bool atEnd, SumTile tested, SumArguments arguments, ReadOnlySpan<int> sums)
    {
        SumShape shape = tested.Shape;
        SumFinish finish = shape.Finish!.Value;
        int count = dice.Between(1, 3), gap = dice.Between(0, 1) * 32, run = shape.FirstRun * Lanes;
        int tileBytes = (shape.Width * Lanes) + gap, blockStride = (count * tileBytes) + gap;
        int length = ((shape.Vectors - 1) * blockStride) + (count * tileBytes);
        using var residual = new GuardedPages<byte>(length, atEnd);
        float* multipliers = stackalloc float[2 * Lanes];
        using var expected = new GuardedPages<byte>(length, atEnd);
        using var actual = new GuardedPages<byte>(length, atEnd);
        using var tiles = new GuardedPages<MapTile>(count, atEnd);
        for (int i = 0; i < 2 * Lanes; i++)
        {
            arguments.Multipliers[i] = multipliers[i] = MathF.Pow(10, -(i % 11)) * (finish is { ClampsLow: true, ClampsHigh: true } ? 1e9f : 0.4f); // beyond int32 only where limits are compared
        }

        var random = new CounterRandom(seed + 1);
        for (int i = 0; i < length; i++)
        {
            residual.Span[i] = (byte)random.Bits((ulong)i);
        }

        int zeroPoint = dice.Pick(0, 255, 128, 17);
        var to = new Requantization(zeroPoint, finish.ClampsLow ? (-zeroPoint * 0.5f) + 3.5f : -zeroPoint, finish.ClampsHigh ? 240.5f - zeroPoint : 255 - zeroPoint);
        var addition = new ResidualAddition(1.37f, dice.Pick(0, 255, 99))
        {
            Own = finish.RoundsFirst ? new OwnRounding(new Requantization(zeroPoint, (-zeroPoint * 0.7f) + 2.5f, 231.5f - zeroPoint), 0.77f) : null,
        };
        expected.Span.Fill(Untouched);
        actual.Span.Fill(Untouched);
        fixed (int* sum = sums)
        {
            for (int t = 0; t < count; t++)
            {
                MapTile tile = *arguments.Tile with { Output = t * tileBytes, SecondOutput = (t * tileBytes) + run + gap, Residual = t * tileBytes, SecondResidual = (t * tileBytes) + run };
                tiles.Span[t] = tile;
                for (int vector = 0; vector < shape.Vectors; vector++)
                {
                    Row(vector, 0, shape.FirstRun, tile.Output, tile.Residual, sum);
                    Row(vector, shape.FirstRun, shape.Width - shape.FirstRun, tile.SecondOutput, tile.SecondResidual, sum);
                }
            }
        }

        arguments.Tile = tiles.Pointer;
        arguments.Tiles = count;
        arguments.Output = actual.Pointer;
        arguments.Residual = residual.Pointer;
        (arguments.OutputBlockStride, arguments.ResidualBlockStride) = (blockStride, blockStride);
        arguments.SetConstants(to, addition);
        tested.Run(&arguments);
        Assert.True(expected.Span.SequenceEqual(actual.Span), $"seed {seed}: {shape}");

        void Row(int vector, int pixel, int pixels, int output, int from, int* sum)
        {
            var row = new RowArguments
            {
                Sums = sum + (((pixel * shape.Vectors) + vector) * Lanes),
                SumStride = shape.Vectors * Lanes,
                Pixels = pixels,
                Multipliers = multipliers + (vector * Lanes),
                Residual = finish.AddsResidual ? residual.Pointer + (vector * blockStride) + from : null,
                Output = expected.Pointer + (vector * blockStride) + output,
                Addition = addition,
                To = to,
            };
            RequantizedRow.Plain(&row);
        }
    }
}
