namespace Espalier.Kernels;

internal static unsafe partial class IntegerMaps
{
    /// <summary>Copies channels, each number through a table where there is one: the common part of concat, channel slice, channel shuffle and channel padding.</summary>
    /// <remarks>Other channels of the same blocks are not changed, so that a concat is one call for each input. The border is that of all blocks that are written.</remarks>
    /// <param name="sources">For each channel written, the input channel, or <see cref="ChannelKernel.Zero"/> for one of zeros.</param>
    /// <param name="first">The first output channel written.</param>
    /// <param name="table">256 entries, or empty where numbers stay what they are.</param>
    /// <param name="zeroPoint">Zero point of the output.</param>
    /// <param name="input">Batch x <paramref name="x"/>.</param>
    /// <param name="x">Layout of the input.</param>
    /// <param name="output">Batch x <paramref name="y"/>; not the input's memory.</param>
    /// <param name="y">Layout of the output.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Gather(
        ReadOnlySpan<int> sources, int first, ReadOnlySpan<byte> table, byte zeroPoint, ReadOnlySpan<byte> input, in BlockedLayout x,
        Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
    {
        MapRuns.ExpectBlocks(y);
        Expect.That(x.HasSameMap(y with { Channels = x.Channels }), $"channels of {x} to {y}: height, width and lanes must be the same");
        Expect.That(first >= 0 && first + sources.Length <= y.Channels, $"channels {first} to {first + sources.Length - 1}: the output has {y.Channels}");
        Expect.That(sources.IndexOfAnyExceptInRange(ChannelKernel.Zero, x.Channels - 1) < 0, $"a source is no channel: the input has {x.Channels}");
        Expect.LengthOrEmpty(table.Length, TableRow.Entries, nameof(table));
        x.ExpectBatch(batch, input.Length, nameof(input));
        y.ExpectBatch(batch, output.Length, nameof(output));
        if (sources.IsEmpty)
        {
            return;
        }

        int firstBlock = first / MapRuns.Lanes;
        int blocks = ((first + sources.Length - 1) / MapRuns.Lanes) + 1 - firstBlock;
        BlockedLayout written = y with { Channels = blocks * MapRuns.Lanes };
        (int begin, int end) = WorkSplit.Range(MapRow.Count(written, batch), part, parts);
        (var source, var target) = (new MapAddress(x), new MapAddress(y));
        int width = y.Width * MapRuns.Lanes;
        bool adjacent = x.RowStride == width && y.RowStride == width;
        fixed (byte* from = input, to = output, entries = table)
        {
            int last = -1;
            BlockGather gather = default;
            for (int unit = begin, rows; unit < end; unit += rows)
            {
                MapRow row = MapRow.At(unit, written);
                rows = adjacent ? Math.Min(end - unit, y.Height - row.Row) : 1;
                row = row with { Block = firstBlock + row.Block };
                if (row.Block != last)
                {
                    last = row.Block;
                    gather = new BlockGather(sources, first, last, y.Channels);
                }

                gather.Row(from + source.Of(row with { Block = 0 }), x.BlockStride, entries, zeroPoint, to + target.Of(row), (nint)rows * y.Width);
            }
        }

        FillBorders(output, y, firstBlock, blocks, zeroPoint, batch, part, parts);
    }

    /// <summary>Flattens: each image becomes a vector of features in row-major order; lanes behind the last hold the zero point.</summary>
    /// <param name="zeroPoint">Zero point of both.</param>
    /// <param name="input">Batch x <paramref name="x"/>.</param>
    /// <param name="x">Layout of the input.</param>
    /// <param name="output">Batch x <paramref name="y"/>.</param>
    /// <param name="y">Layout of the output: as many channels as the map has elements, 1x1 pixels, without border.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Flatten(byte zeroPoint, ReadOnlySpan<byte> input, in BlockedLayout x, Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
    {
        MapRuns.ExpectBlocks(y);
        int features = x.Channels * x.Height * x.Width;
        Expect.That(y with { ImageBlocks = 0 } == new BlockedLayout(features, 1, 1, y.Lanes), $"flatten of {x} to {y}: expected {features} x 1 x 1 without border");
        x.ExpectBatch(batch, input.Length, nameof(input));
        y.ExpectBatch(batch, output.Length, nameof(output));
        (int begin, int end) = WorkSplit.Range(batch * x.Channels, part, parts);
        fixed (byte* from = input, to = output)
        {
            for (int unit = begin; unit < end; unit++)
            {
                (int image, int channel) = Math.DivRem(unit, x.Channels);
                byte* source = from + ((nint)image * x.Length) + x.Offset(channel, 0, 0);
                byte* vector = to + ((nint)image * y.Length);
                byte* target = vector + ((nint)channel * x.Height * x.Width);
                for (int row = 0; row < x.Height; row++, source += x.RowStride, target += x.Width)
                {
                    Lane(source, x.Lanes, target, x.Width);
                }

                if (channel == x.Channels - 1)
                {
                    new Span<byte>(target, y.PaddedChannels - features).Fill(zeroPoint);
                }
            }
        }
    }

    private static void Lane(byte* from, int step, byte* to, int count)
    {
        for (nint i = 0; i < count; i++)
        {
            to[i] = from[i * step];
        }
    }

    private static void FillBorders(Span<byte> output, in BlockedLayout y, int firstBlock, int blocks, byte zeroPoint, int batch, int part, int parts)
    {
        if (y.Border == Tensors.Padding.None)
        {
            return;
        }

        (int begin, int end) = WorkSplit.Range(batch * blocks, part, parts);
        for (int plane = begin; plane < end; plane++)
        {
            (int image, int block) = Math.DivRem(plane, blocks);
            IntegerBorder.FillBlock(output.Slice((image * y.Length) + ((firstBlock + block) * y.BlockStride), y.BlockStride), y, zeroPoint);
        }
    }
}
