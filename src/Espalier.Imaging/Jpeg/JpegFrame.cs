namespace Espalier.Imaging;

/// <summary>A frame header (ITU-T T.81, B.2.2): the image's size and its components.</summary>
internal sealed class JpegFrame
{
    private const int FixedLength = 6, ComponentLength = 3;
    private const int MaxFactor = 4;

    private JpegFrame(bool progressive, int width, int height, JpegComponent[] components, int maxHorizontal, int maxVertical, JpegReduction reduction)
    {
        Reduction = reduction;
        IsProgressive = progressive;
        Width = width;
        Height = height;
        Components = components;
        MaxHorizontal = maxHorizontal;
        MaxVertical = maxVertical;
    }

    public bool IsProgressive { get; }

    public int Width { get; }

    public int Height { get; }

    /// <summary>The size at which the image is decoded.</summary>
    public JpegReduction Reduction { get; }

    /// <summary>Pixels of a row of the decoded image.</summary>
    public int DecodedWidth => Reduction.Of(Width);

    /// <summary>Rows of the decoded image.</summary>
    public int DecodedHeight => Reduction.Of(Height);

    public JpegComponent[] Components { get; }

    public int MaxHorizontal { get; }

    public int MaxVertical { get; }

    /// <summary>MCUs per row in a scan of several components.</summary>
    public int McusWide => Units(Width, MaxHorizontal);

    /// <summary>Rows of MCUs in a scan of several components.</summary>
    public int McusHigh => Units(Height, MaxVertical);

    public static JpegFrame Read(EncodedImage input, int offset, int length, bool progressive, int? reduceTo)
    {
        input.Require(offset, FixedLength, "a frame header");
        if (input.Byte(offset) != 8)
        {
            input.Fail(offset, $"this JPEG has {input.Byte(offset)}-bit samples; only 8-bit ones are supported");
        }

        int count = input.Byte(offset + 5);
        if (count is not (1 or 3 or 4))
        {
            input.Fail(offset + 5, $"this JPEG has {count} components; 1 (gray), 3 (colour) or 4 (CMYK) are supported");
        }

        if (length != FixedLength + (count * ComponentLength))
        {
            input.Fail(offset, $"the frame header has {length} bytes; {count} components need {FixedLength + (count * ComponentLength)}");
        }

        int width = input.UInt16(offset + 3), height = input.UInt16(offset + 1);
        height = height == 0 ? FindNumberOfLines(input, offset) : height;
        input.RequireSize(width, height, offset + 1);
        JpegFrame frame = Create(input, offset + FixedLength, progressive, width, height, count, JpegReduction.For(width, height, reduceTo));
        frame.RequireData(input, offset);
        frame.Allocate();
        return frame;
    }

    private static JpegFrame Create(EncodedImage input, int offset, bool progressive, int width, int height, int count, JpegReduction reduction)
    {
        int maxHorizontal = 1, maxVertical = 1;
        for (int i = 0; i < count; i++)
        {
            (int horizontal, int vertical) = Factors(input, offset + (i * ComponentLength) + 1);
            maxHorizontal = Math.Max(maxHorizontal, horizontal);
            maxVertical = Math.Max(maxVertical, vertical);
        }

        var components = new JpegComponent[count];
        for (int i = 0; i < count; i++)
        {
            int at = offset + (i * ComponentLength);
            (int horizontal, int vertical) = Factors(input, at + 1);
            if (maxHorizontal % horizontal != 0 || maxVertical % vertical != 0)
            {
                input.Fail(at + 1, $"sampling factors {horizontal}x{vertical} and {maxHorizontal}x{maxVertical} have a fractional ratio, which is not supported");
            }

            int table = input.Byte(at + 2);
            if (table > 3)
            {
                input.Fail(at + 2, $"quantization table {table} does not exist: tables are numbered 0 to 3");
            }

            int side = reduction.SideOf(horizontal, vertical, maxHorizontal, maxVertical);
            components[i] = new JpegComponent
            {
                Id = input.Byte(at),
                Horizontal = horizontal,
                Vertical = vertical,
                QuantizationIndex = table,
                Width = ((width * horizontal) + maxHorizontal - 1) / maxHorizontal,
                Height = ((height * vertical) + maxVertical - 1) / maxVertical,
                DecodedSide = side,
                DecodedWidth = JpegReduction.Ceiling((long)width * horizontal * side, maxHorizontal * JpegComponent.BlockSide),
                DecodedHeight = JpegReduction.Ceiling((long)height * vertical * side, maxVertical * JpegComponent.BlockSide),
                StoredBlocksWide = Units(width, maxHorizontal) * horizontal,
                StoredBlocksHigh = Units(height, maxVertical) * vertical,
            };
        }

        return new JpegFrame(progressive, width, height, components, maxHorizontal, maxVertical, reduction);
    }

    private static (int Horizontal, int Vertical) Factors(EncodedImage input, int offset)
    {
        int horizontal = input.Byte(offset) >> 4, vertical = input.Byte(offset) & 15;
        if (horizontal is 0 or > MaxFactor || vertical is 0 or > MaxFactor)
        {
            input.Fail(offset, $"a component has sampling factors {horizontal}x{vertical}; each must be 1 to {MaxFactor}");
        }

        return (horizontal, vertical);
    }

    /// <summary>Finds the height in a DNL segment after the first scan, where the frame header gives a height of 0 (B.2.5).</summary>
    private static int FindNumberOfLines(EncodedImage input, int offset)
    {
        ReadOnlySpan<byte> segment = [JpegMarker.Prefix, JpegMarker.NumberOfLines, 0, 4];
        int found = input.Bytes[offset..].IndexOf(segment);
        if (found < 0)
        {
            input.Fail(offset + 1, "the header has height 0 and there is no DNL segment that gives the height");
        }

        return input.UInt16(offset + found + segment.Length);
    }

    /// <summary>Checks that the file is long enough for its blocks: each takes two Huffman codes, or one in a progressive frame, whose other codes can span blocks.</summary>
    private void RequireData(EncodedImage input, int offset)
    {
        long blocks = Components.Sum(c => (long)c.BlocksWide * c.BlocksHigh);
        long bytes = (IsProgressive ? blocks : 2 * blocks) / 8;
        if (bytes > input.Length - offset)
        {
            input.Fail(offset, $"{Width}x{Height} pixels need at least {bytes} bytes, but only {input.Length - offset} follow");
        }
    }

    private void Allocate()
    {
        foreach (JpegComponent component in Components)
        {
            int blocks = component.StoredBlocksWide * component.StoredBlocksHigh;
            component.Samples = GC.AllocateUninitializedArray<byte>(blocks * component.DecodedSide * component.DecodedSide); // only decoded samples are read
            component.Coefficients = IsProgressive ? new short[blocks * JpegComponent.BlockSize] : [];
        }
    }

    private static int Units(int pixels, int factor) => (pixels + (JpegComponent.BlockSide * factor) - 1) / (JpegComponent.BlockSide * factor);
}
