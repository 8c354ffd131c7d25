using System.Buffers.Binary;
using System.IO.Compression;
using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>Writes images as PNG files of 8-bit RGB.</summary>
public static class PngEncoder
{
    /// <summary>Encodes an image as the bytes of a PNG file.</summary>
    public static byte[] Encode(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var file = new MemoryStream();
        Write(image, file);
        return file.ToArray();
    }

    /// <summary>Writes an image to a stream as a PNG file.</summary>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Write(Image image, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(PngDecoder.Signature);
        Span<byte> header = stackalloc byte[13];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8; // bits per sample
        header[9] = (byte)PngColor.Rgb;
        WriteChunk(stream, "IHDR"u8, header);
        WriteChunk(stream, "IDAT"u8, Compress(image));
        WriteChunk(stream, "IEND"u8, []);
    }

    /// <summary>Writes an image to a PNG file, atomically.</summary>
    /// <exception cref="EspalierException">The file cannot be written; an existing file stays unchanged.</exception>
    public static void Save(Image image, string path)
    {
        byte[] bytes = Encode(image);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Compresses every row with PNG's "up" filter, the difference from the row above, which suits drawings and gradients.</summary>
    private static ReadOnlySpan<byte> Compress(Image image)
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            byte[] row = new byte[1 + image.Stride];
            ReadOnlySpan<byte> above = new byte[image.Stride];
            row[0] = PngFilter.Up;
            for (int y = 0; y < image.Height; y++)
            {
                ReadOnlySpan<byte> current = image.Row(y);
                for (int i = 0; i < current.Length; i++)
                {
                    row[i + 1] = (byte)(current[i] - above[i]);
                }

                deflate.Write(row);
                above = current;
            }
        }

        return packed.ToArray();
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), PngChecksum.Compute(chunk.AsSpan(4, 4 + data.Length)));
        stream.Write(chunk);
    }
}
