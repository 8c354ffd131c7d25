namespace Espalier.Imaging;

/// <summary>One component of a frame: its header fields, its layout in blocks, and the decoded data.</summary>
internal sealed class JpegComponent
{
    /// <summary>Samples along each side of a block, and coefficients of a block.</summary>
    public const int BlockSide = 8, BlockSize = 64;

    public required int Id { get; init; }

    /// <summary>Horizontal sampling factor: samples per <see cref="JpegFrame.MaxHorizontal"/> pixels.</summary>
    public required int Horizontal { get; init; }

    /// <summary>Vertical sampling factor: samples per <see cref="JpegFrame.MaxVertical"/> pixels.</summary>
    public required int Vertical { get; init; }

    /// <summary>Index of the quantization table, 0 to 3.</summary>
    public required int QuantizationIndex { get; init; }

    /// <summary>Samples of a row that belong to the image at its full size.</summary>
    public required int Width { get; init; }

    /// <summary>Rows that belong to the image at its full size.</summary>
    public required int Height { get; init; }

    /// <summary>Samples along each side that a block is decoded to: 8, or less for an image at a reduced size.</summary>
    public required int DecodedSide { get; init; }

    /// <summary>Decoded samples of a row that belong to the image; the planes are wider.</summary>
    public required int DecodedWidth { get; init; }

    /// <summary>Decoded rows that belong to the image.</summary>
    public required int DecodedHeight { get; init; }

    /// <summary>Blocks per row as stored, padded to whole MCUs.</summary>
    public required int StoredBlocksWide { get; init; }

    /// <summary>Rows of blocks as stored, padded to whole MCUs.</summary>
    public required int StoredBlocksHigh { get; init; }

    /// <summary>Blocks per row that hold samples of the image: those that a scan of this component alone codes.</summary>
    public int BlocksWide => (Width + BlockSide - 1) / BlockSide;

    /// <summary>Rows of blocks that hold samples of the image.</summary>
    public int BlocksHigh => (Height + BlockSide - 1) / BlockSide;

    /// <summary>Bytes per row of <see cref="Samples"/>.</summary>
    public int Stride => StoredBlocksWide * DecodedSide;

    /// <summary>Decoded samples, rows of <see cref="Stride"/> bytes.</summary>
    public byte[] Samples { get; set; } = [];

    /// <summary>Coefficients of all blocks of a progressive frame, each block in row-major order.</summary>
    public short[] Coefficients { get; set; } = [];

    /// <summary>The quantization table when the component's first scan began, in row-major order; <see langword="null"/> before that.</summary>
    public int[]? Quantization { get; set; }

    /// <summary>The DC Huffman table of the current scan.</summary>
    public HuffmanTable Dc { get; set; } = HuffmanTable.Empty;

    /// <summary>The AC Huffman table of the current scan.</summary>
    public HuffmanTable Ac { get; set; } = HuffmanTable.Empty;

    /// <summary>The DC coefficient of the previous block, from which the next one is coded as a difference.</summary>
    public int Prediction { get; set; }

    public Span<short> Block(int row, int column) =>
        Coefficients.AsSpan(((row * StoredBlocksWide) + column) * BlockSize, BlockSize);

    public void WriteSamples(ReadOnlySpan<short> coefficients, int row, int column)
    {
        Span<byte> samples = Samples.AsSpan((row * DecodedSide * Stride) + (column * DecodedSide));
        if (DecodedSide == BlockSide)
        {
            InverseDct.Transform(coefficients, Quantization, samples, Stride);
        }
        else
        {
            ReducedDct.Transform(DecodedSide, coefficients, Quantization, samples, Stride);
        }
    }
}
