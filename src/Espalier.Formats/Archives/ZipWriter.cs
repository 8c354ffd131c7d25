using System.Buffers.Binary;
using System.Text;
using static Espalier.Formats.ZipFields;

namespace Espalier.Formats;

/// <summary>Writes a zip archive of uncompressed entries whose data is aligned to 64 bytes, as PyTorch's own writer does.</summary>
/// <param name="stream">The output; it need not be seekable.</param>
/// <param name="large">Writes the Zip64 records even where 32 bits suffice, for tests.</param>
internal sealed class ZipWriter(Stream stream, bool large = false)
{
    private const int DataAlignment = 64; // kFieldAlignment of caffe2/serialize/inline_container.cc
    private const int ExtraHeaderLength = 4;
    private const ushort FirstDay = (1 << 5) | 1; // 1980-01-01, zip's earliest date, so that equal content gives identical files

    private readonly List<(byte[] Name, uint Crc, uint Length, long Start)> _entries = [];
    private long _position;

    /// <summary>Appends an entry with the given name and data.</summary>
    public void Add(string name, ReadOnlySpan<byte> data)
    {
        byte[] nameBytes = Encoding.UTF8.GetBytes(name);
        uint crc = Crc32.Compute(data);
        _entries.Add((nameBytes, crc, (uint)data.Length, _position));

        long unpadded = _position + LocalHeaderLength + nameBytes.Length + ExtraHeaderLength;
        int padding = (int)((DataAlignment - (unpadded % DataAlignment)) % DataAlignment);
        byte[] header = new byte[LocalHeaderLength + nameBytes.Length + ExtraHeaderLength + padding];
        Word(header, 0, LocalHeader);
        Short(header, 4, VersionStored);
        Common(header.AsSpan(6), crc, (uint)data.Length, nameBytes.Length, ExtraHeaderLength + padding);
        nameBytes.CopyTo(header, LocalHeaderLength);
        Span<byte> extra = header.AsSpan(LocalHeaderLength + nameBytes.Length);
        Short(extra, 0, PaddingExtra);
        Short(extra, 2, (ushort)padding);
        extra[ExtraHeaderLength..].Fill((byte)'Z'); // PyTorch's padding byte
        Emit(header);
        Emit(data);
    }

    /// <summary>Writes the central directory and the end record, which complete the archive.</summary>
    public void Finish()
    {
        long start = _position;
        foreach ((byte[] name, uint crc, uint length, long entryStart) in _entries)
        {
            WriteDirectoryEntry(name, crc, length, entryStart);
        }

        long directoryLength = _position - start;
        bool wide = large || start >= uint.MaxValue || directoryLength >= uint.MaxValue || _entries.Count >= ushort.MaxValue;
        if (wide)
        {
            WriteZip64End(start, directoryLength);
        }

        byte[] end = new byte[EndOfDirectoryLength];
        Word(end, 0, EndOfDirectory);
        Short(end, 8, wide ? ushort.MaxValue : (ushort)_entries.Count);
        Short(end, 10, wide ? ushort.MaxValue : (ushort)_entries.Count);
        Word(end, 12, wide ? uint.MaxValue : (uint)directoryLength);
        Word(end, 16, wide ? uint.MaxValue : (uint)start);
        Emit(end);
    }

    private void WriteDirectoryEntry(byte[] name, uint crc, uint length, long start)
    {
        bool wide = large || start >= uint.MaxValue;
        int extraLength = wide ? ExtraHeaderLength + sizeof(long) : 0;
        byte[] header = new byte[CentralHeaderLength + name.Length + extraLength];
        Word(header, 0, CentralHeader);
        Short(header, 4, wide ? VersionZip64 : VersionStored);
        Short(header, 6, wide ? VersionZip64 : VersionStored);
        Common(header.AsSpan(8), crc, length, name.Length, extraLength);
        Word(header, 42, wide ? uint.MaxValue : (uint)start);
        name.CopyTo(header, CentralHeaderLength);
        if (wide)
        {
            Span<byte> extra = header.AsSpan(CentralHeaderLength + name.Length);
            Short(extra, 0, Zip64Extra);
            Short(extra, 2, sizeof(long));
            Long(extra, 4, start);
        }

        Emit(header);
    }

    private void WriteZip64End(long directoryStart, long directoryLength)
    {
        long position = _position;
        byte[] end = new byte[Zip64EndOfDirectoryLength + Zip64LocatorLength];
        Word(end, 0, Zip64EndOfDirectory);
        Long(end, 4, Zip64EndOfDirectoryLength - 12); // the record's length without this field and the signature
        Short(end, 12, VersionZip64);
        Short(end, 14, VersionZip64);
        Long(end, 24, _entries.Count);
        Long(end, 32, _entries.Count);
        Long(end, 40, directoryLength);
        Long(end, 48, directoryStart);
        Span<byte> locator = end.AsSpan(Zip64EndOfDirectoryLength);
        Word(locator, 0, Zip64Locator);
        Long(locator, 8, position);
        Word(locator, 16, 1); // number of volumes
        Emit(end);
    }

    /// <summary>Writes the fields that both headers of an entry have: flags, method, time, date, checksum, sizes, lengths.</summary>
    private static void Common(Span<byte> fields, uint crc, uint length, int nameLength, int extraLength)
    {
        Short(fields, 0, Utf8Flag);
        Short(fields, 2, Stored);
        Short(fields, 6, FirstDay);
        Word(fields, 8, crc);
        Word(fields, 12, length);
        Word(fields, 16, length);
        Short(fields, 20, checked((ushort)nameLength));
        Short(fields, 22, (ushort)extraLength);
    }

    private void Emit(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        _position += bytes.Length;
    }

    private static void Short(Span<byte> bytes, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[at..], value);

    private static void Word(Span<byte> bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], value);

    private static void Long(Span<byte> bytes, int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(bytes[at..], value);
}
