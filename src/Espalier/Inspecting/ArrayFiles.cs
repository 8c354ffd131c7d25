using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Recognizes array files: MNIST's idx format (http://yann.lecun.com/exdb/mnist/) and NumPy's npy format (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).</summary>
internal static partial class ArrayFiles
{
    private const int MostExtents = 4; // of an idx file
    private const int MostHeader = 1 << 16; // of an npy file; about a hundred bytes are usual

    /// <summary>Describes a file if it is an array, and returns <see langword="null"/> otherwise.</summary>
    internal static FileInspection? Inspect(string path, long length, ReadOnlySpan<byte> start) =>
        start is [0x1F, 0x8B, ..] ? Packed(path, length)
        : start.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y']) ? Npy(path, length)
        : Idx(start) is (string type, int size, long[] extents) && Fills(extents, size, length) ? Found(path, length, type, extents, "")
        : null;

    private static FileInspection Packed(string path, long length)
    {
        byte[] start = new byte[4 * (MostExtents + 1)];
        using var unpacked = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        try
        {
            int read = unpacked.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            return Idx(start.AsSpan(0, read)) is (string type, _, long[] extents) ? Found(path, length, type, extents, ", packed with gzip")
                : new FileInspection(path, length, FileKind.Unknown, "not recognized: compressed with gzip, without an array in MNIST's idx format inside");
        }
        catch (InvalidDataException error)
        {
            throw new MalformedInputException(path, null, $"the gzip data is damaged: {error.Message}");
        }
    }

    private static FileInspection Found(string path, long length, string type, long[] extents, string packed) =>
        new(path, length, FileKind.Idx, $"an array in MNIST's idx format of {type}, {string.Join('x', extents)}{packed}: {(extents.Length == 1 ? "classes" : "images")}");

    /// <summary>The element type, element size and extents, if the bytes start with the header of an idx file.</summary>
    private static (string Type, int Size, long[] Extents)? Idx(ReadOnlySpan<byte> start)
    {
        if (start is not [0, 0, byte code, >= 1 and <= MostExtents and byte rank, ..] || start.Length < 4 * (rank + 1))
        {
            return null;
        }

        (string Type, int Size)? element = code switch
        {
            0x08 => ("unsigned bytes", 1),
            0x09 => ("signed bytes", 1),
            0x0B => ("16-bit integers", 2),
            0x0C => ("32-bit integers", 4),
            0x0D => ("float32", 4),
            0x0E => ("float64", 8),
            _ => null,
        };
        long[] extents = new long[rank];
        for (int i = 0; i < rank; i++)
        {
            extents[i] = BinaryPrimitives.ReadUInt32BigEndian(start[(4 * (i + 1))..]);
        }

        return element is (string type, int size) ? (type, size, extents) : null;
    }

    /// <summary>Whether the length of a file is that of its header and the array.</summary>
    private static bool Fills(long[] extents, int size, long length)
    {
        long product = size;
        foreach (long extent in extents)
        {
            product = extent > 0 && product <= length / extent ? product * extent : 0;
        }

        return product > 0 && (4 * (extents.Length + 1)) + product == length;
    }

    private static FileInspection Npy(string path, long length)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> fixedPart = stackalloc byte[12];
        int read = file.ReadAtLeast(fixedPart, fixedPart.Length, throwOnEndOfStream: false);
        bool isFirst = read > 6 && fixedPart[6] == 1; // the first version has 16 bits of length, later ones 32
        int begin = isFirst ? 10 : 12;
        long header = read < begin ? long.MaxValue : isFirst ? BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(fixedPart[8..]);
        if (header > Math.Min(MostHeader, length - begin))
        {
            throw new MalformedInputException(path, 8, "a NumPy array whose header extends beyond the end of the file, or is longer than any header");
        }

        byte[] text = new byte[header];
        file.Position = begin;
        file.ReadExactly(text);
        Match match = Header().Match(Encoding.Latin1.GetString(text));
        if (!match.Success)
        {
            throw new MalformedInputException(path, begin, "a NumPy array whose header lacks type, order or shape");
        }

        string shape = string.Join('x', match.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        string order = match.Groups["order"].Value == "True" ? ", column by column" : "";
        return new FileInspection(path, length, FileKind.Npy, string.Create(CultureInfo.InvariantCulture, $"a NumPy array of type {match.Groups["type"].Value}, {(shape.Length == 0 ? "a single number" : shape)}{order}"));
    }

    [GeneratedRegex(@"'descr':\s*'(?<type>[<>|=]?[A-Za-z][0-9]{1,4})',\s*'fortran_order':\s*(?<order>True|False),\s*'shape':\s*\((?<shape>[0-9, ]{0,200})\)", RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
