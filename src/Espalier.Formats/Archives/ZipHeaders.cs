using System.Buffers.Binary;
using System.Text;
using static Espalier.Formats.ZipFields;

namespace Espalier.Formats;

/// <summary>Reads the two headers of every entry of a zip archive and compares them.</summary>
internal static class ZipHeaders
{
    /// <summary>Reads the next entry of the directory, and the entry's own header.</summary>
    public static ZipEntry ReadEntry(ByteCursor cursor, ByteSource source)
    {
        long position = cursor.Position;
        byte[] header = cursor.ReadBytes(CentralHeaderLength);
        if (Word(header, 0) != CentralHeader)
        {
            throw source.Malformed(position, "the zip directory is damaged: no entry begins here");
        }

        ushort flags = Short(header, 8);
        ushort method = Short(header, 10);
        byte[] name = cursor.ReadBytes(Short(header, 28));
        byte[] extra = cursor.ReadBytes(Short(header, 30));
        cursor.Skip(Short(header, 32)); // the comment
        string text = Name(name, source, position);
        RequireReadable(source, position, text, flags, method);

        var sizes = new long[] { Word(header, 24), Word(header, 20), Word(header, 42) };
        WidenByZip64(sizes, extra, source, position);
        (long length, long packed, long start) = (sizes[0], sizes[1], sizes[2]);
        if (method == Stored && length != packed)
        {
            throw source.Malformed(position, $"'{text}' is stored uncompressed with {packed} bytes, but its length is {length}");
        }

        long dataStart = ReadLocal(source, start, header, name, text, packed, length);
        return new ZipEntry(text, start, dataStart, packed, length, method == Deflated);
    }

    private static long ReadLocal(ByteSource source, long start, byte[] central, byte[] name, string text, long packed, long length)
    {
        byte[] header = new byte[LocalHeaderLength];
        source.Read(start, header);
        if (Word(header, 0) != LocalHeader)
        {
            throw source.Malformed(start, $"'{text}' does not begin at the position that the zip directory gives");
        }

        byte[] localName = new byte[Short(header, 26)];
        source.Read(start + LocalHeaderLength, localName);
        if (!localName.AsSpan().SequenceEqual(name))
        {
            throw source.Malformed(start, $"'{text}' has a different name in its own header");
        }

        ushort flags = Short(header, 6);
        if (flags != Short(central, 8) || Short(header, 8) != Short(central, 10))
        {
            throw source.Malformed(start, $"'{text}' has a different compression method than the zip directory gives");
        }

        byte[] extra = new byte[Short(header, 28)];
        source.Read(start + LocalHeaderLength + localName.Length, extra);
        bool sizesFollow = (flags & DescriptorFlag) != 0;
        var sizes = new long[] { Word(header, 22), Word(header, 18) };
        if (!sizesFollow)
        {
            WidenByZip64(sizes, extra, source, start);
            if (sizes[0] != length || sizes[1] != packed)
            {
                throw source.Malformed(start, $"'{text}' has a different size than the zip directory gives");
            }
        }

        long dataStart = start + LocalHeaderLength + localName.Length + extra.Length;
        _ = source.Part(dataStart, packed); // throws where the data is truncated
        return dataStart;
    }

    private static void RequireReadable(ByteSource source, long position, string name, ushort flags, ushort method)
    {
        if ((flags & EncryptedFlag) != 0)
        {
            throw source.Malformed(position, $"'{name}' is encrypted");
        }

        if ((flags & ~KnownFlags) != 0)
        {
            throw source.Malformed(position, $"'{name}' has the flags 0x{flags:X4}, which require features that are not supported");
        }

        if (method is not (Stored or Deflated))
        {
            throw source.Malformed(position, $"'{name}' has the compression method {method}; only stored (0) and deflated (8) are supported");
        }
    }

    /// <summary>Replaces sizes that do not fit 32 bits by those of the Zip64 extra field, in the format's order.</summary>
    private static void WidenByZip64(long[] sizes, ReadOnlySpan<byte> extra, ByteSource source, long position)
    {
        ReadOnlySpan<byte> wide = FindExtra(extra, Zip64Extra);
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] != uint.MaxValue)
            {
                continue;
            }

            if (wide.Length < sizeof(long) || (sizes[i] = BinaryPrimitives.ReadInt64LittleEndian(wide)) < 0)
            {
                throw source.Malformed(position, "a zip entry's size or offset does not fit 32 bits, and its Zip64 field is missing");
            }

            wide = wide[sizeof(long)..];
        }
    }

    private static ReadOnlySpan<byte> FindExtra(ReadOnlySpan<byte> extra, ushort id)
    {
        while (extra.Length >= 4)
        {
            int length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == id)
            {
                return extra.Slice(4, length);
            }

            extra = extra[(4 + length)..];
        }

        return default;
    }

    private static string Name(byte[] name, ByteSource source, long position) =>
        System.Text.Unicode.Utf8.IsValid(name) && !name.AsSpan().ContainsAnyInRange<byte>(0, 31)
            ? Encoding.UTF8.GetString(name)
            : throw source.Malformed(position, "a zip entry's name is neither UTF-8 nor ASCII");

    private static ushort Short(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint Word(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
}
