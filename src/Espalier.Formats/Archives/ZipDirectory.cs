using System.IO.Compression;

namespace Espalier.Formats;

/// <summary>Reads a zip archive by its central directory and checks it against the entries' own headers.</summary>
/// <remarks>
/// Names, methods and sizes in the directory must equal those in each entry's own header; entries may not overlap, repeat a name or be encrypted;
/// so two programs cannot see different contents in one archive, nor can the same bytes be decompressed repeatedly. Checksums are not compared, because
/// PyTorch can be told to omit them (<c>torch.serialization.set_crc32_options</c>).
/// </remarks>
internal sealed class ZipDirectory
{
    /// <summary>Bytes that a file may unpack to at any ratio: layers of zeros are no decompression bomb.</summary>
    internal const long Harmless = 256 << 20;

    private readonly ByteSource _source;
    private readonly Dictionary<string, ZipEntry> _entries;

    private ZipDirectory(ByteSource source, Dictionary<string, ZipEntry> entries)
    {
        _source = source;
        _entries = entries;
    }

    /// <summary>The entries, in the directory's order.</summary>
    public IReadOnlyCollection<ZipEntry> Entries => _entries.Values;

    /// <summary>Reads and checks the directory.</summary>
    public static ZipDirectory Read(ByteSource source, in Limits limits)
    {
        ZipEnd end = ZipEnd.Find(source);
        if (end.Count > limits.ArchiveEntries)
        {
            throw source.Malformed(end.DirectoryStart, $"the zip archive has {end.Count:N0} entries; the limit is {limits.ArchiveEntries:N0}");
        }

        var entries = new Dictionary<string, ZipEntry>();
        var cursor = new ByteCursor(source.Part(0, end.DirectoryStart + end.DirectoryLength), end.DirectoryStart);
        for (long i = 0; i < end.Count; i++)
        {
            ZipEntry entry = ZipHeaders.ReadEntry(cursor, source);
            if (!entries.TryAdd(entry.Name, entry))
            {
                throw source.Malformed(entry.Start, $"two entries have the name '{entry.Name}'");
            }
        }

        if (cursor.Left != 0)
        {
            throw source.Malformed(cursor.Position, $"the zip directory has {cursor.Left} bytes after its last entry");
        }

        RequireNoOverlap(source, entries.Values, end.DirectoryStart);
        RequireRatio(source, entries.Values, limits);
        return new ZipDirectory(source, entries);
    }

    /// <summary>The entry of the given name, or <see langword="null"/> where there is none.</summary>
    public ZipEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>An entry's bytes: a part of the archive where they are stored, decompressed into memory where they are deflated.</summary>
    public ByteSource Open(ZipEntry entry)
    {
        ByteSource packed = _source.Part(entry.DataStart, entry.PackedLength);
        return entry.IsDeflated ? _source.Unpacked(Inflate(packed, entry), entry.Name) : packed;
    }

    private static ReadOnlyMemory<byte> Inflate(ByteSource packed, ZipEntry entry)
    {
        if (entry.Length > Array.MaxLength || entry.PackedLength > Array.MaxLength)
        {
            throw packed.Malformed(0, $"'{entry.Name}' is deflated and has {entry.Length:N0} bytes; at most 2 GiB can be unpacked");
        }

        byte[] input = new byte[entry.PackedLength];
        packed.Read(0, input);
        byte[] output = new byte[entry.Length];
        try
        {
            using var deflate = new DeflateStream(new MemoryStream(input), CompressionMode.Decompress);
            int count = deflate.ReadAtLeast(output, output.Length, throwOnEndOfStream: false);
            if (count != output.Length || deflate.ReadByte() != -1)
            {
                throw packed.Malformed(0, $"'{entry.Name}' does not unpack to the {entry.Length} bytes that the zip directory gives");
            }
        }
        catch (InvalidDataException)
        {
            throw packed.Malformed(0, $"'{entry.Name}' is damaged: its deflated bytes cannot be unpacked");
        }

        return output;
    }

    private static void RequireNoOverlap(ByteSource source, IEnumerable<ZipEntry> entries, long directoryStart)
    {
        long end = 0;
        foreach (ZipEntry entry in entries.OrderBy(e => e.Start))
        {
            if (entry.Start < end)
            {
                throw source.Malformed(entry.Start, $"'{entry.Name}' overlaps the entry before it");
            }

            end = entry.DataStart + entry.PackedLength;
            if (end > directoryStart)
            {
                throw source.Malformed(entry.Start, $"'{entry.Name}' overlaps the zip directory");
            }
        }
    }

    private static void RequireRatio(ByteSource source, IEnumerable<ZipEntry> entries, in Limits limits)
    {
        long unpacked = 0, dense = 0;
        foreach (ZipEntry entry in entries)
        {
            unpacked = Math.Min(long.MaxValue / 2, unpacked) + Math.Min(long.MaxValue / 2, entry.Length);
            bool isDense = entry.Length / limits.ArchiveRatio > entry.PackedLength;
            dense += isDense ? Math.Min(Harmless + 1, entry.Length) : 0;
            if (dense > Harmless)
            {
                throw source.Malformed(entry.Start, $"'{entry.Name}' unpacks {entry.PackedLength:N0} bytes to {entry.Length:N0}: a decompression bomb, or the limit of {limits.ArchiveRatio} for the ratio is too low");
            }
        }

        if (unpacked > limits.FileBytes)
        {
            throw source.Malformed(0, $"the archive unpacks to {unpacked:N0} bytes; the limit is {limits.FileBytes:N0}");
        }
    }
}
