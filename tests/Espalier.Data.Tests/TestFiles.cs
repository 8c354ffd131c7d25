using System.Buffers.Binary;
using System.IO.Compression;
using Espalier.Imaging;

namespace Espalier.Data.Tests;

/// <summary>Small files of each form.</summary>
internal static class TestFiles
{
    /// <summary>CIFAR records of the given labels, one or two bytes each; every pixel of record i is i.</summary>
    internal static byte[] Cifar(params byte[][] labels) =>
        [.. labels.SelectMany((label, i) => label.Concat(Enumerable.Repeat((byte)i, 3 * 32 * 32)))];

    /// <summary>An idx file of bytes.</summary>
    internal static byte[] Idx(int[] extents, params byte[] bytes) =>
        [0, 0, 8, (byte)extents.Length, .. extents.SelectMany(BigEndian), .. bytes];

    internal static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>A PNG of one gray.</summary>
    internal static byte[] Png(byte gray, int width = 4, int height = 3)
    {
        byte[] pixels = new byte[width * height * Image.Channels];
        Array.Fill(pixels, gray);
        return PngEncoder.Encode(new Image(width, height, pixels));
    }

    private static byte[] BigEndian(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
