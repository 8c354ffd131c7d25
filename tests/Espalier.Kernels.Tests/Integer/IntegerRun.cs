namespace Espalier.Kernels.Tests;

/// <summary>Runs an <see cref="IntegerCase"/> on a tier with its operands between forbidden pages.</summary>
internal static class IntegerRun
{
    private const byte Untouched = 0xA5;

    /// <summary>The output in row-major order.</summary>
    internal static byte[] Bytes(IntegerCase shape, IntegerTier tier, int parts = 1, bool atEnd = true)
    {
        ConvolutionProblem problem = shape.Problem;
        PackedIntegerConvolution convolution = shape.Pack(tier);
        using GuardedPages<byte> input = InputOf(shape, atEnd);
        using GuardedPages<byte> residual = ResidualOf(shape, atEnd);
        using var output = new GuardedPages<byte>(problem.Output.LengthOf(shape.Batch), atEnd);
        using var scratch = new GuardedPages<float>(convolution.ScratchLength, atEnd);
        output.Span.Fill(Untouched);
        for (int part = parts - 1; part >= 0; part--)
        {
            convolution.Run(new IntegerOperands { Batch = shape.Batch, Input = input.Span, Residual = residual.Span, Output = output.Span, Scratch = scratch.Span }, part, parts);
        }

        AssertAround(problem.Output, output.Span, shape.Batch, (byte)shape.Output.ZeroPoint);
        return Plain<byte>(output.Span, problem.Output, shape.Batch);
    }

    /// <summary>The sums in row-major order.</summary>
    internal static int[] Sums(IntegerCase shape, IntegerTier tier, bool atEnd = true)
    {
        ConvolutionProblem problem = shape.Problem;
        using GuardedPages<byte> input = InputOf(shape, atEnd);
        using var sums = new GuardedPages<int>(problem.Output.LengthOf(shape.Batch), atEnd);
        shape.Pack(tier).Run(new IntegerOperands { Batch = shape.Batch, Input = input.Span, Sums = sums.Span }, 0, 1);
        return Plain<int>(sums.Span, problem.Output, shape.Batch);
    }

    private static GuardedPages<byte> InputOf(IntegerCase shape, bool atEnd)
    {
        BlockedLayout layout = shape.Problem.Input;
        var pages = new GuardedPages<byte>(layout.LengthOf(shape.Batch), atEnd);
        pages.Span.Fill(Untouched); // also in lanes without a channel, which have zero weights
        for (int n = 0; n < shape.Batch; n++)
        {
            for (int c = 0; c < layout.Channels; c++)
            {
                for (int y = -layout.Border.Top; y < layout.Height + layout.Border.Bottom; y++)
                {
                    for (int x = -layout.Border.Left; x < layout.Width + layout.Border.Right; x++)
                    {
                        pages.Span[(n * layout.Length) + layout.Offset(c, y, x)] = (byte)shape.InputZeroPoint;
                    }
                }
            }
        }

        Block<byte>(shape.Input(), pages.Span, layout);
        return pages;
    }

    private static GuardedPages<byte> ResidualOf(IntegerCase shape, bool atEnd)
    {
        var pages = new GuardedPages<byte>(shape.Problem.Residual?.LengthOf(shape.Batch) ?? 0, atEnd);
        if (shape.Problem.Residual is { } layout)
        {
            pages.Span.Fill(Untouched);
            Block<byte>(shape.Residual(), pages.Span, layout);
        }

        return pages;
    }

    internal static void Block<T>(ReadOnlySpan<T> plain, Span<T> blocked, BlockedLayout layout)
    {
        for (int i = 0; i < plain.Length; i++)
        {
            blocked[OffsetOf(layout, i)] = plain[i];
        }
    }

    internal static T[] Plain<T>(ReadOnlySpan<T> blocked, BlockedLayout layout, int batch)
    {
        var plain = new T[batch * layout.Channels * layout.Height * layout.Width];
        for (int i = 0; i < plain.Length; i++)
        {
            plain[i] = blocked[OffsetOf(layout, i)];
        }

        return plain;
    }

    private static int OffsetOf(BlockedLayout layout, int i)
    {
        (int plane, int pixel) = Math.DivRem(i, layout.Height * layout.Width);
        return (plane / layout.Channels * layout.Length) + layout.Offset(plane % layout.Channels, pixel / layout.Width, pixel % layout.Width);
    }

    /// <summary>Fails unless the border holds the zero point and the blocks of other maps are untouched.</summary>
    private static void AssertAround(BlockedLayout layout, ReadOnlySpan<byte> map, int batch, byte zeroPoint)
    {
        var around = map.ToArray();
        for (int i = 0; i < batch * layout.Blocks; i++)
        {
            int start = (i / layout.Blocks * layout.Length) + (i % layout.Blocks * layout.BlockStride);
            for (int y = 0; y < layout.Height; y++)
            {
                around.AsSpan(start + layout.Origin + (y * layout.RowStride), layout.Width * layout.Lanes).Fill(zeroPoint);
            }

            Assert.False(around.AsSpan(start, layout.BlockStride).ContainsAnyExcept(zeroPoint), "a border that is not the zero point");
            around.AsSpan(start, layout.BlockStride).Fill(Untouched);
        }

        Assert.False(around.AsSpan().ContainsAnyExcept(Untouched), "wrote to another map");
    }
}
