namespace Espalier.Kernels;

/// <summary>Kernels over maps of 8-bit numbers: all operations of 8-bit networks but convolutions and fully connected layers.</summary>
/// <remarks>
/// Maps have blocks of 16 channels (see <see cref="BlockedLayout"/>; lengths are in bytes). Every method computes part <c>part</c> of <c>parts</c>, bit-identical for any number of
/// parts and on every machine, as the method of the same name of <see cref="Reference"/> defines it; it also fills the border of what it writes with the zero point.
/// Lanes without a channel may hold anything; they have no influence on others. Borders of inputs are not read.
/// Where an output has the layout of an input and each number depends on its own place only, both may be the same memory.
/// </remarks>
internal static unsafe partial class IntegerMaps
{
    /// <summary>The sum of two maps.</summary>
    public static void Add(
        in IntegerAddition addition, ReadOnlySpan<byte> a, in BlockedLayout x, ReadOnlySpan<byte> b, in BlockedLayout z, Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
    {
        MapRuns.ExpectBlocks(y);
        if (BlockLanes512.IsSupported)
        {
            MapRuns.Run(new PixelOperations.Sum<BlockLanes512>(addition), a, x, b, z, output, y, batch, part, parts);
        }
        else
        {
            MapRuns.Run(new PixelOperations.Sum<BlockLanes128>(addition), a, x, b, z, output, y, batch, part, parts);
        }

        IntegerBorder.Fill(output, y, (byte)addition.Output.ZeroPoint, batch, part, parts);
    }

    /// <summary>The product of a map and another, or one number for each channel (1x1 pixels).</summary>
    public static void Multiply(
        int firstZeroPoint, int secondZeroPoint, float multiplier, Requantization to, ReadOnlySpan<byte> a, in BlockedLayout x, ReadOnlySpan<byte> b, in BlockedLayout z,
        Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
    {
        MapRuns.ExpectBlocks(y);
        if (BlockLanes512.IsSupported)
        {
            Multiply<BlockLanes512>(firstZeroPoint, secondZeroPoint, multiplier, to, a, x, b, z, output, y, batch, part, parts);
        }
        else
        {
            Multiply<BlockLanes128>(firstZeroPoint, secondZeroPoint, multiplier, to, a, x, b, z, output, y, batch, part, parts);
        }

        IntegerBorder.Fill(output, y, (byte)to.ZeroPoint, batch, part, parts);
    }

    /// <summary>A scale and a shift for each channel.</summary>
    /// <param name="zeroPoint">Zero point of the input.</param>
    /// <param name="multipliers">See <see cref="Reference.IntegerScaleShift"/>; padded to whole blocks.</param>
    /// <param name="shifts">Also padded.</param>
    /// <param name="to">Zero point and limits of the output.</param>
    /// <param name="input">Batch x <paramref name="x"/>.</param>
    /// <param name="x">Layout of the input.</param>
    /// <param name="output">Batch x <paramref name="y"/>.</param>
    /// <param name="y">Layout of the output.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void ScaleShift(
        int zeroPoint, ReadOnlySpan<float> multipliers, ReadOnlySpan<float> shifts, Requantization to, ReadOnlySpan<byte> input, in BlockedLayout x,
        Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
    {
        MapRuns.ExpectBlocks(y);
        Expect.Length(multipliers.Length, y.PaddedChannels, nameof(multipliers));
        Expect.Length(shifts.Length, y.PaddedChannels, nameof(shifts));
        fixed (float* scale = multipliers, shift = shifts)
        {
            if (BlockLanes512.IsSupported)
            {
                MapRuns.Run(new PixelOperations.ScaledAndShifted<BlockLanes512>(zeroPoint, scale, shift, to), input, x, output, y, batch, part, parts);
            }
            else
            {
                MapRuns.Run(new PixelOperations.ScaledAndShifted<BlockLanes128>(zeroPoint, scale, shift, to), input, x, output, y, batch, part, parts);
            }
        }

        IntegerBorder.Fill(output, y, (byte)to.ZeroPoint, batch, part, parts);
    }

    /// <summary>Replaces each number by its entry in a table of 256.</summary>
    public static void LookUp(
        ReadOnlySpan<byte> table, byte borderValue, ReadOnlySpan<byte> input, in BlockedLayout x, Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
    {
        MapRuns.ExpectBlocks(y);
        Expect.Length(table.Length, TableRow.Entries, nameof(table));
        fixed (byte* entries = table)
        {
            MapRuns.Run(new TableRow(entries), input, x, output, y, batch, part, parts);
        }

        IntegerBorder.Fill(output, y, borderValue, batch, part, parts);
    }

    private static void Multiply<TLanes>(
        int firstZeroPoint, int secondZeroPoint, float multiplier, Requantization to, ReadOnlySpan<byte> a, in BlockedLayout x, ReadOnlySpan<byte> b, in BlockedLayout z,
        Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
        where TLanes : struct, IBlockLanes<TLanes>
    {
        if (z.HasSameMap(x))
        {
            MapRuns.Run(new PixelOperations.Product<TLanes>(firstZeroPoint, secondZeroPoint, multiplier, to), a, x, b, z, output, y, batch, part, parts);
            return;
        }

        Expect.That(z.HasSameMap(x with { Height = 1, Width = 1 }), $"the product of {x} and {z}: expected the same map, or its channels of 1x1 pixels");
        z.ExpectBatch(batch, b.Length, nameof(b));
        fixed (byte* factors = b)
        {
            var product = new PixelOperations.ChannelProduct<TLanes>(firstZeroPoint, secondZeroPoint, multiplier, to, factors, new MapAddress(z));
            MapRuns.Run(product, a, x, output, y, batch, part, parts);
        }
    }
}
