namespace Espalier.Kernels;

/// <summary>Fills the borders of maps of 8-bit numbers. Every kernel that writes such a map also fills its border with the zero point of the values, because convolutions read it and memory is reused.</summary>
internal static class IntegerBorder
{
    /// <summary>Sets the whole border; the map is not changed.</summary>
    /// <param name="map">Batch x <paramref name="layout"/>.</param>
    /// <param name="layout">Layout of the map, with its border.</param>
    /// <param name="zeroPoint">The number that stands for 0.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to fill, of the blocks of all images.</param>
    /// <param name="parts">Number of parts.</param>
    internal static void Fill(Span<byte> map, in BlockedLayout layout, byte zeroPoint, int batch, int part, int parts)
    {
        if (layout.Border == Tensors.Padding.None)
        {
            return;
        }

        layout.ExpectBatch(batch, map.Length, nameof(map));
        (int begin, int end) = WorkSplit.Range(batch * layout.Blocks, part, parts);
        for (int plane = begin; plane < end; plane++)
        {
            (int image, int block) = Math.DivRem(plane, layout.Blocks);
            FillBlock(map.Slice((image * layout.Length) + (block * layout.BlockStride), layout.BlockStride), layout, zeroPoint);
        }
    }

    /// <summary>Sets the border of one block of channels of one image.</summary>
    internal static void FillBlock(Span<byte> block, in BlockedLayout layout, byte zeroPoint)
    {
        int left = layout.Border.Left * layout.Lanes, right = layout.Border.Right * layout.Lanes, row = layout.RowStride;
        int at = (layout.Border.Top * row) + left;
        block[..at].Fill(zeroPoint);
        for (int y = 1; y < layout.Height; y++)
        {
            at += layout.Width * layout.Lanes;
            block.Slice(at, right + left).Fill(zeroPoint); // the right border of one row and the left one of the next are adjacent
            at += right + left;
        }

        block[(at + (layout.Width * layout.Lanes))..].Fill(zeroPoint);
    }
}
