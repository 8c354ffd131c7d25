namespace Espalier.Imaging;

/// <summary>Decodes PNG files of every colour type, depth and interlacing (PNG specification, third edition).</summary>
internal static class PngDecoder
{
    /// <summary>The signature that every PNG file begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static Image Decode(EncodedImage input, bool applyOrientation)
    {
        PngChunks chunks = PngChunks.Read(input, Signature.Length);
        using var data = new PngImageData(input, chunks);
        var converter = new PngPixels(input, chunks);
        byte[] pixels = new byte[(long)chunks.Header.Width * chunks.Header.Height * Image.Channels];
        foreach (PngPass pass in PngPass.Of(chunks.Header))
        {
            DecodePass(input, chunks.Header, pass, data, converter, pixels);
        }

        data.CheckEnd();
        var image = new Image(chunks.Header.Width, chunks.Header.Height, pixels) { Warnings = input.Warnings };
        return applyOrientation ? ExifOrientation.Apply(image, chunks.Orientation) : image;
    }

    private static void DecodePass(EncodedImage input, PngHeader header, PngPass pass, PngImageData data, PngPixels converter, byte[] pixels)
    {
        int width = pass.Width(header), stride = header.Width * Image.Channels;
        int length = 1 + (int)header.RowBytes(width); // the first byte is the filter's index
        byte[] row = new byte[length], above = new byte[length];
        byte[] scattered = pass.StepX == 1 ? [] : new byte[width * Image.Channels];
        for (int y = pass.Y; y < header.Height; y += pass.StepY)
        {
            data.Read(row);
            if (row[0] > PngFilter.Paeth)
            {
                input.Fail(null, $"row {y} uses filter {row[0]}; filters are numbered 0 to {PngFilter.Paeth}");
            }

            PngFilter.Undo(row[0], row.AsSpan(1), above.AsSpan(1), header.FilterStep);
            Span<byte> target = pixels.AsSpan(y * stride, stride);
            converter.Convert(row.AsSpan(1), pass.StepX == 1 ? target : scattered);
            Scatter(scattered, target[(pass.X * Image.Channels)..], pass.StepX * Image.Channels);
            (row, above) = (above, row);
        }
    }

    private static void Scatter(ReadOnlySpan<byte> pixels, Span<byte> target, int step)
    {
        for (int from = 0, to = 0; from < pixels.Length; from += Image.Channels, to += step)
        {
            pixels.Slice(from, Image.Channels).CopyTo(target[to..]);
        }
    }
}
