namespace Espalier.Imaging;

/// <summary>Converts restored rows of any colour type and depth to RGB.</summary>
/// <remarks>
/// Alpha and transparent colours are dropped, as in Pillow's <c>convert("RGB")</c>, and gamma is ignored. Of 16-bit samples the high byte
/// is used, as in libpng's <c>png_set_strip_16</c> and Pillow; for 16-bit gray, which Pillow's conversion clips at 255, the same rule is used.
/// </remarks>
internal sealed class PngPixels
{
    private readonly EncodedImage _input;
    private readonly PngHeader _header;
    private readonly byte[] _palette;

    public PngPixels(EncodedImage input, PngChunks chunks)
    {
        _input = input;
        _header = chunks.Header;
        _palette = _header.Color == PngColor.Palette ? chunks.Palette.ToArray() : GrayLevels(_header.Depth);
    }

    /// <summary>Converts as many pixels as <paramref name="pixels"/> holds.</summary>
    public void Convert(ReadOnlySpan<byte> row, Span<byte> pixels)
    {
        if (_header.Color == PngColor.Palette || _header.Depth < 8)
        {
            LookUp(row, pixels);
            return;
        }

        int sample = _header.Depth / 8, step = sample * _header.Channels;
        int green = _header.Channels < Image.Channels ? 0 : sample;
        for (int from = 0, to = 0; to < pixels.Length; from += step, to += Image.Channels)
        {
            pixels[to] = row[from];
            pixels[to + 1] = row[from + green];
            pixels[to + 2] = row[from + (2 * green)];
        }
    }

    private void LookUp(ReadOnlySpan<byte> row, Span<byte> pixels)
    {
        int depth = _header.Depth, mask = (1 << depth) - 1;
        for (int bit = 0, to = 0; to < pixels.Length; bit += depth, to += Image.Channels)
        {
            int index = (row[bit >> 3] >> (8 - depth - (bit & 7))) & mask;
            int entry = index * Image.Channels;
            if (entry >= _palette.Length)
            {
                _input.Fail(null, $"a pixel uses palette entry {index}, but the palette has {_palette.Length / Image.Channels} entries");
            }

            pixels[to] = _palette[entry];
            pixels[to + 1] = _palette[entry + 1];
            pixels[to + 2] = _palette[entry + 2];
        }
    }

    /// <summary>The gray levels of 1, 2 or 4 bits: from black to white in equal steps.</summary>
    private static byte[] GrayLevels(int depth)
    {
        if (depth >= 8)
        {
            return [];
        }

        int last = (1 << depth) - 1;
        return [.. Enumerable.Range(0, last + 1).SelectMany(level => Enumerable.Repeat((byte)(level * 255 / last), Image.Channels))];
    }
}
