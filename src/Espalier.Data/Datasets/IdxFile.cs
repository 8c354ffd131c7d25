using System.Buffers.Binary;
using System.IO.Compression;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>An array of bytes in MNIST's idx format (http://yann.lecun.com/exdb/mnist/), compressed with gzip or not.</summary>
/// <param name="Extents">The array's extents, outermost first.</param>
/// <param name="Bytes">Its elements.</param>
internal sealed record IdxFile(int[] Extents, byte[] Bytes)
{
    private const int UnsignedBytes = 0x0800; // third byte of the magic number: the element's type; the fourth is the rank
    private const int ExtentBytes = 4;
    private const long MostUnpacked = 1032; // deflate's largest expansion: bytes per compressed byte

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rank">Number of extents that the array must have.</param>
    /// <param name="limits">Limits on file and array sizes.</param>
    /// <exception cref="MalformedInputException">The file does not have that format, is damaged, or exceeds the limits.</exception>
    internal static IdxFile Read(string path, int rank, Limits limits)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[2];
        bool packed = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start is [0x1F, 0x8B]; // gzip's signature (RFC 1952)
        file.Position = 0;
        try
        {
            if (!packed)
            {
                return Read(file, path, rank, file.Length, limits);
            }

            using var unpacked = new GZipStream(file, CompressionMode.Decompress);
            return Read(unpacked, path, rank, Math.Min(file.Length, long.MaxValue / MostUnpacked) * MostUnpacked, limits);
        }
        catch (InvalidDataException error)
        {
            throw new MalformedInputException(path, null, $"the gzip data is damaged: {error.Message}");
        }
        catch (EndOfStreamException)
        {
            throw new MalformedInputException(path, null, "the file ends before its array does");
        }
    }

    private static IdxFile Read(Stream stream, string path, int rank, long most, Limits limits)
    {
        byte[] header = new byte[ExtentBytes * (rank + 1)];
        stream.ReadExactly(header);
        int magic = BinaryPrimitives.ReadInt32BigEndian(header);
        if (magic != (UnsignedBytes | rank))
        {
            MalformedInputException.Throw(path, 0, $"not an idx file of bytes with {rank} extents: found the magic number 0x{magic:X8}, expected 0x{UnsignedBytes | rank:X8}");
        }

        int[] extents = new int[rank];
        long length = 1;
        for (int i = 0; i < rank; i++)
        {
            long extent = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(ExtentBytes * (i + 1)));
            long allowed = Math.Min(Math.Min(limits.FileBytes, Array.MaxLength), most - header.Length);
            if (extent == 0 || extent > allowed / length)
            {
                MalformedInputException.Throw(path, ExtentBytes * (i + 1), $"extent {i} is {extent}; expected a positive number, and at most {allowed} bytes in all");
            }

            extents[i] = (int)extent;
            length *= extent;
        }

        byte[] bytes = new byte[length];
        stream.ReadExactly(bytes);
        if (stream.ReadByte() >= 0)
        {
            MalformedInputException.Throw(path, header.Length + length, $"the file has more than the {length} bytes that its header announces");
        }

        return new IdxFile(extents, bytes);
    }
}
