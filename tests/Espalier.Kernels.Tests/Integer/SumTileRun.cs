using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Kernels.Tests;

/// <summary>Runs one tile with all of its operands between forbidden pages.</summary>
internal static unsafe class SumTileRun
{
    internal static SumShape RandomShape(Dice dice)
    {
        int quads = dice.Pick(4, 4, 1);
        int lanes = quads * SumShape.QuadChannels;
        int kernel = dice.Pick(1, 1, 2, 3, 4, 5, 7, 17);
        return new SumShape(dice.Between(1, SumShape.MaximumWidth), dice.Between(1, 2), lanes * dice.Between(1, 3), kernel, lanes * dice.Between(1, 2), quads, quads == 4 ? dice.Between(0, 3) : 0);
    }

    /// <summary>Fails unless a tile computes the sums of <see cref="PlainSumTile"/>.</summary>
    internal static void AssertSame(ulong seed, bool atEnd, Func<SumShape, SumTile> tileOf)
    {
        var dice = new Dice(seed);
        SumShape shape = RandomShape(dice);
        int fullBlocks = dice.Between(shape.LastQuads > 0 ? 0 : 1, 3);
        int height = dice.Between(1, 4);
        int blocks = fullBlocks + (shape.LastQuads > 0 ? 1 : 0);
        int lanes = shape.Quads * SumShape.QuadChannels;
        int row = ((shape.FirstRun - 1) * shape.PixelStride) + ((shape.KernelWidth - 1) * shape.TapColumnStride) + lanes; // the bytes that a run reads of a row
        int gap = dice.Between(0, 2) * 16;
        int rows = height + dice.Between(0, 1); // the second run may be in a row of its own
        int blockStride = (rows * (row + gap)) - gap;
        int quadCount = (fullBlocks * shape.Quads) + shape.LastQuads;
        int used = ((blocks - 1) * blockStride) + blockStride - (shape.LastQuads > 0 ? lanes - (shape.LastQuads * SumShape.QuadChannels) : 0);
        int outputs = shape.Vectors * SumShape.Outputs;
        using var input = new GuardedPages<byte>(used, atEnd);
        using var weights = new GuardedPages<sbyte>(quadCount * height * shape.KernelWidth * shape.StepBytes, atEnd);
        using var bias = new GuardedPages<int>(outputs, atEnd);
        using var expected = new GuardedPages<int>(shape.Width * outputs, atEnd);
        using var actual = new GuardedPages<int>(shape.Width * outputs, atEnd);
        int[] steps = [.. Steps()];
        using var offsets = new GuardedPages<int>(steps.Length, atEnd);
        steps.CopyTo(offsets.Span);
        var random = new CounterRandom(seed);
        for (int i = 0; i < input.Count; i++)
        {
            input.Span[i] = (byte)random.Bits((ulong)i);
        }

        for (int i = 0; i < weights.Count; i++)
        {
            weights.Span[i] = (sbyte)(random.Bits((ulong)i) >> 8);
        }

        for (int i = 0; i < bias.Count; i++)
        {
            bias.Span[i] = (int)(random.Bits((ulong)i) >> 16); // of all sizes: sums wrap
        }

        var arguments = new SumArguments
        {
            Input = input.Pointer,
            SecondRun = (rows - height) * (row + gap),
            Weights = weights.Pointer,
            Bias = bias.Pointer,
            Sums = expected.Pointer,
            FullBlocks = fullBlocks,
            KernelHeight = height,
            TapRowStride = row + gap,
            BlockStep = blockStride - (height * (row + gap)),
            Offsets = offsets.Pointer,
            Steps = steps.Length,
        };
        new PlainSumTile(shape).Run(&arguments);
        arguments.Sums = actual.Pointer;
        tileOf(shape).Run(&arguments);
        Assert.True(expected.Span.SequenceEqual(actual.Span), $"seed {seed}: {shape}");

        IEnumerable<int> Steps() =>
            from block in Enumerable.Range(0, blocks)
            from y in Enumerable.Range(0, height)
            from x in Enumerable.Range(0, shape.KernelWidth)
            from quad in Enumerable.Range(0, block < fullBlocks ? shape.Quads : shape.LastQuads)
            select (block * blockStride) + (y * (row + gap)) + (x * shape.TapColumnStride) + (quad * SumShape.QuadChannels);
    }
}
