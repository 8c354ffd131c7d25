using System.Buffers.Binary;
using static Espalier.Formats.ZipFields;

namespace Espalier.Formats;

/// <summary>The end record of a zip archive, which gives the position of its directory.</summary>
internal readonly record struct ZipEnd(long Count, long DirectoryStart, long DirectoryLength)
{
    /// <summary>Finds the end record: the last one whose comment extends exactly to the end of the file, or else the last one that other bytes follow, as after a padded copy.</summary>
    public static ZipEnd Find(ByteSource source)
    {
        int tailLength = (int)Math.Min(source.Length, EndOfDirectoryLength + LongestComment);
        byte[] tail = new byte[tailLength];
        long tailStart = source.Length - tailLength;
        source.Read(tailStart, tail);
        int found = Last(tail, (comment, left) => comment == left);
        found = found >= 0 ? found : Last(tail, (comment, left) => comment < left);
        return found >= 0
            ? Checked(source, Read(source, tailStart + found, tail.AsSpan(found)), tailStart + found)
            : throw source.Malformed(source.Length, "truncated: the zip archive has no directory at its end");
    }

    /// <summary>The position of the last end record whose comment's length fulfils a condition on it and the bytes that are left; -1 where there is none.</summary>
    private static int Last(ReadOnlySpan<byte> tail, Func<int, int, bool> condition)
    {
        for (int at = tail.Length - EndOfDirectoryLength; at >= 0; at--)
        {
            ReadOnlySpan<byte> record = tail[at..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(record) == EndOfDirectory
                && condition(BinaryPrimitives.ReadUInt16LittleEndian(record[20..]), record.Length - EndOfDirectoryLength))
            {
                return at;
            }
        }

        return -1;
    }

    private static ZipEnd Read(ByteSource source, long position, ReadOnlySpan<byte> record)
    {
        ushort disk = BinaryPrimitives.ReadUInt16LittleEndian(record[4..]);
        ushort directoryDisk = BinaryPrimitives.ReadUInt16LittleEndian(record[6..]);
        ushort countHere = BinaryPrimitives.ReadUInt16LittleEndian(record[8..]);
        ushort count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        if (disk != directoryDisk || count != countHere)
        {
            throw source.Malformed(position, "zip archives in several volumes are not supported");
        }

        bool large = count == ushort.MaxValue || length == uint.MaxValue || start == uint.MaxValue;
        return large ? ReadZip64(source, position) : new ZipEnd(count, start, length);
    }

    private static ZipEnd ReadZip64(ByteSource source, long position)
    {
        Span<byte> locator = stackalloc byte[Zip64LocatorLength];
        source.Read(position - locator.Length, locator);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != Zip64Locator)
        {
            throw source.Malformed(position - locator.Length, "the zip archive is marked as Zip64, but its Zip64 end record is missing");
        }

        long at = BinaryPrimitives.ReadInt64LittleEndian(locator[8..]);
        Span<byte> record = stackalloc byte[Zip64EndOfDirectoryLength];
        source.Read(at, record);
        long count = BinaryPrimitives.ReadInt64LittleEndian(record[32..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != Zip64EndOfDirectory
            || count != BinaryPrimitives.ReadInt64LittleEndian(record[24..]))
        {
            throw source.Malformed(at, "the Zip64 end record is damaged");
        }

        return new ZipEnd(count, BinaryPrimitives.ReadInt64LittleEndian(record[48..]), BinaryPrimitives.ReadInt64LittleEndian(record[40..]));
    }

    private static ZipEnd Checked(ByteSource source, ZipEnd end, long position) =>
        end.Count >= 0 && end.DirectoryStart >= 0 && end.DirectoryLength >= 0
        && end.DirectoryStart <= position && end.DirectoryLength <= position - end.DirectoryStart
            ? end
            : throw source.Malformed(position, "truncated: the zip directory is not at the position that the end record gives");
}
