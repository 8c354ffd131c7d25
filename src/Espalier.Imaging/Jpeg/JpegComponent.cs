namespace Espalier.Imaging;

/// <summary>One channel of a frame: what the header says of it, where its blocks lie, and what has been decoded.</summary>
internal sealed class JpegComponent
{
    /// <summary>Samples along each side of a block, and coefficients of a block.</summary>
    public const int BlockSide = 8, BlockSize = 64;

    public required int Id { get; init; }

    /// <summary>Samples across for every <see cref="JpegFrame.MaxHorizontal"/> pixels.</summary>
    public required int Horizontal { get; init; }

    /// <summary>Samples down for every <see cref="JpegFrame.MaxVertical"/> pixels.</summary>
    public required int Vertical { get; init; }

    /// <summary>Which of the four quantization tables applies.</summary>
    public required int QuantizationIndex { get; init; }

    /// <summary>Samples that the image needs of a row; the planes are wider.</summary>
    public required int Width { get; init; }

    /// <summary>Rows that the image needs.</summary>
    public required int Height { get; init; }

    /// <summary>Blocks of a row as stored: whole MCUs.</summary>
    public required int StoredBlocksWide { get; init; }

    /// <summary>Rows of blocks as stored: whole MCUs.</summary>
    public required int StoredBlocksHigh { get; init; }

    /// <summary>Blocks of a row that hold samples of the image: what a scan of this component alone codes.</summary>
    public int BlocksWide => (Width + BlockSide - 1) / BlockSide;

    /// <summary>Rows of blocks that hold samples of the image.</summary>
    public int BlocksHigh => (Height + BlockSide - 1) / BlockSide;

    /// <summary>Bytes of a row of <see cref="Samples"/>.</summary>
    public int Stride => StoredBlocksWide * BlockSide;

    /// <summary>Decoded samples, rows of <see cref="Stride"/> bytes.</summary>
    public byte[] Samples { get; set; } = [];

    /// <summary>Of a progressive frame: coefficients of all blocks, each block in row-major order.</summary>
    public short[] Coefficients { get; set; } = [];

    /// <summary>The table in force when the component's first scan began, in row-major order; <see langword="null"/> before that.</summary>
    public int[]? Quantization { get; set; }

    /// <summary>Of the current scan.</summary>
    public HuffmanTable Dc { get; set; } = HuffmanTable.Empty;

    /// <summary>Of the current scan.</summary>
    public HuffmanTable Ac { get; set; } = HuffmanTable.Empty;

    /// <summary>The DC coefficient of the block decoded last, which the next one is coded relative to.</summary>
    public int Prediction { get; set; }

    public Span<short> Block(int row, int column) =>
        Coefficients.AsSpan(((row * StoredBlocksWide) + column) * BlockSize, BlockSize);

    public void WriteSamples(ReadOnlySpan<short> coefficients, int row, int column) =>
        InverseDct.Transform(coefficients, Quantization, Samples.AsSpan((row * BlockSide * Stride) + (column * BlockSide)), Stride);
}
