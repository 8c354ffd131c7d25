using Espalier.Tensors;

namespace Espalier.Kernels;

internal static unsafe partial class IntegerMaps
{
    /// <summary>Pads by the zero point: copies maps into larger ones.</summary>
    /// <param name="padding">Pixels on each side, a part of the output's map.</param>
    /// <param name="zeroPoint">Zero point of both maps.</param>
    /// <param name="input">Batch x <paramref name="x"/>.</param>
    /// <param name="x">Layout of the input.</param>
    /// <param name="output">Batch x <paramref name="y"/>.</param>
    /// <param name="y">Layout of the padded map.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Pad(Padding padding, byte zeroPoint, ReadOnlySpan<byte> input, in BlockedLayout x, Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
    {
        ExpectPadded(padding, x, y);
        BlockedLayout view = x with { ImageBlocks = y.ImageBlocks, Border = y.Border + padding }; // the padded map as the original one with a wider border: the same memory
        CopyRows(PaddingMode.Constant, Padding.None, input, x, output, view, batch, part, parts);
        IntegerBorder.Fill(output, view, zeroPoint, batch, part, parts);
    }

    /// <summary>Pads by repeating pixels of the map, as <see cref="EdgePadKernel"/>.</summary>
    /// <param name="mode">Which pixels are repeated.</param>
    /// <param name="padding">Pixels on each side, a part of the output's map; less than the map when reflecting.</param>
    /// <param name="zeroPoint">Zero point of both maps, for the border.</param>
    /// <param name="input">Batch x <paramref name="x"/>.</param>
    /// <param name="x">Layout of the input.</param>
    /// <param name="output">Batch x <paramref name="y"/>.</param>
    /// <param name="y">Layout of the padded map.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void EdgePad(
        PaddingMode mode, Padding padding, byte zeroPoint, ReadOnlySpan<byte> input, in BlockedLayout x, Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
    {
        Expect.That(mode.IsRepeated(), "constant padding repeats no pixel");
        ExpectPadded(padding, x, y);
        CopyRows(mode, padding, input, x, output, y, batch, part, parts);
        IntegerBorder.Fill(output, y, zeroPoint, batch, part, parts);
    }

    private static void CopyRows(
        PaddingMode mode, Padding padding, ReadOnlySpan<byte> input, in BlockedLayout x, Span<byte> output, in BlockedLayout y, int batch, int part, int parts)
    {
        x.ExpectBatch(batch, input.Length, nameof(input));
        y.ExpectBatch(batch, output.Length, nameof(output));
        (var source, var target) = (new MapAddress(x), new MapAddress(y));
        int lanes = x.Lanes;
        (int begin, int end) = WorkSplit.Range(MapRow.Count(y, batch), part, parts);
        for (int unit = begin; unit < end; unit++)
        {
            MapRow row = MapRow.At(unit, y);
            int repeated = padding == Padding.None ? row.Row : mode.Source(row.Row - padding.Top, x.Height);
            ReadOnlySpan<byte> from = input.Slice((int)source.Of(row with { Row = repeated }), x.Width * lanes);
            Span<byte> to = output.Slice((int)target.Of(row), y.Width * lanes);
            from.CopyTo(to[(padding.Left * lanes)..]);
            for (int column = 0; column < padding.Left; column++)
            {
                Pixel(from, mode.Source(column - padding.Left, x.Width), to, column, lanes);
            }

            for (int column = padding.Left + x.Width; column < y.Width; column++)
            {
                Pixel(from, mode.Source(column - padding.Left, x.Width), to, column, lanes);
            }
        }
    }

    private static void Pixel(ReadOnlySpan<byte> from, int source, Span<byte> to, int target, int lanes) => from.Slice(source * lanes, lanes).CopyTo(to[(target * lanes)..]);

    private static void ExpectPadded(Padding padding, in BlockedLayout x, in BlockedLayout y) => Expect.That(
        y.HasSameMap(x with { Height = x.Height + padding.Top + padding.Bottom, Width = x.Width + padding.Left + padding.Right }), $"{x} padded by {padding} does not give {y}");
}
