namespace Espalier.Imaging;

/// <summary>The IHDR chunk (PNG specification, 11.2.1).</summary>
internal sealed record PngHeader(int Width, int Height, int Depth, PngColor Color, bool IsInterlaced)
{
    private const int Length = 13;

    public int Channels => Color switch
    {
        PngColor.Rgb => 3,
        PngColor.GrayAlpha => 2,
        PngColor.RgbAlpha => 4,
        _ => 1,
    };

    /// <summary>Distance to the corresponding byte of the previous pixel, as filters define it; at least 1.</summary>
    public int FilterStep => Math.Max(1, Depth * Channels / 8);

    /// <summary>Bytes of a row of <paramref name="width"/> pixels, without the filter's byte.</summary>
    public long RowBytes(int width) => (((long)width * Depth * Channels) + 7) / 8;

    public static PngHeader Read(EncodedImage input, int offset, int length)
    {
        if (length != Length)
        {
            input.Fail(offset, $"the IHDR chunk has {length} bytes instead of {Length}");
        }

        uint width = input.UInt32(offset), height = input.UInt32(offset + 4);
        input.RequireSize(width, height, offset);
        int depth = input.Byte(offset + 8), color = input.Byte(offset + 9);
        bool isKnown = color switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!isKnown)
        {
            input.Fail(offset + 8, $"colour type {color} with {depth} bits per sample is not in the PNG specification");
        }

        int compression = input.Byte(offset + 10), filter = input.Byte(offset + 11), interlace = input.Byte(offset + 12);
        if (compression != 0 || filter != 0 || interlace > 1)
        {
            input.Fail(offset + 10, $"compression {compression}, filter method {filter}, interlace {interlace}: only 0, 0 and 0 or 1 exist");
        }

        var header = new PngHeader((int)width, (int)height, depth, (PngColor)color, interlace == 1);
        if (header.RowBytes(header.Width) >= Array.MaxLength)
        {
            input.Fail(offset, $"a row of {width} pixels needs more than the {Array.MaxLength} bytes that fit into one array");
        }

        return header;
    }
}
