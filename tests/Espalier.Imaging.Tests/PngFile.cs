using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Espalier.Imaging.Tests;

/// <summary>Puts PNG files together from chunks, good or bad.</summary>
internal static class PngFile
{
    public static byte[] Of(params IEnumerable<byte[]> chunks) => [.. PngDecoder.Signature, .. chunks.SelectMany(c => c)];

    public static byte[] Chunk(string type, params byte[] data)
    {
        byte[] body = [.. Encoding.Latin1.GetBytes(type), .. data];
        return [.. BigEndian((uint)data.Length), .. body, .. BigEndian(PngChecksum.Compute(body))];
    }

    public static byte[] Header(uint width, uint height, byte depth = 8, byte color = 2, byte interlace = 0) =>
        Chunk("IHDR", [.. BigEndian(width), .. BigEndian(height), depth, color, 0, 0, interlace]);

    public static byte[] Deflate(ReadOnlySpan<byte> bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.SmallestSize))
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>The file with a chunk put before the first one of a type.</summary>
    public static byte[] Insert(byte[] file, byte[] chunk, string beforeType)
    {
        int at = file.AsSpan().IndexOf(Encoding.Latin1.GetBytes(beforeType)) - 4;
        return [.. file[..at], .. chunk, .. file[at..]];
    }

    public static byte[] BigEndian(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
