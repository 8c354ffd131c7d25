using System.Buffers.Binary;
using System.Text;

namespace Espalier.Formats.Tests;

/// <summary>Zip archives: those that are read, and those that say two things at once.</summary>
public class ZipDirectoryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_is_read(bool large)
    {
        byte[] archive = Write(large, ("a", [1, 2, 3]), ("folder/b", []), ("größe", new byte[1000]));
        using ByteSource source = Source(archive);
        ZipDirectory zip = ZipDirectory.Read(source, Limits.Default);
        Assert.Equal(["a", "folder/b", "größe"], zip.Entries.Select(e => e.Name));
        Assert.All(zip.Entries, e => Assert.Equal(0, e.DataStart % 64));
        Assert.Equal([1, 2, 3], zip.Open(zip.Find("a")!).ReadBlock(0, 3).ToArray());
        Assert.Null(zip.Find("b"));
    }

    [Fact]
    public void Other_programs_read_what_is_written()
    {
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(Write(true, ("a", [1, 2, 3]), ("b", "more"u8.ToArray()))));
        using var content = new StreamReader(zip.GetEntry("b")!.Open()); // .NET compares the checksum
        Assert.Equal("more", content.ReadToEnd());
    }

    [Theory]
    [InlineData("123456789", 0xCBF43926)] // the check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms
    [InlineData("", 0)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339)]
    public void The_checksum_is_the_usual_one(string text, uint crc) => Assert.Equal(crc, Crc32.Compute(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_comment_at_the_end_is_passed_over()
    {
        byte[] archive = [.. Write(false, ("a", [1])), .. "a comment"u8];
        archive[^11] = 9;
        using ByteSource source = Source(archive);
        Assert.Single(ZipDirectory.Read(source, Limits.Default).Entries);
    }

    [Fact]
    public void Entries_of_one_name_are_refused() => AssertRefused(Write(false, ("a", [1]), ("a", [2])), "two entries have the name 'a'");

    [Fact]
    public void Entries_that_share_bytes_are_refused()
    {
        // The second entry's directory record points at the first one's header: the classic way to blow up a small archive.
        byte[] archive = Write(false, ("a", new byte[100]), ("b", new byte[100]));
        int second = LastIndexOf(archive, ZipFields.CentralHeader);
        BinaryPrimitives.WriteUInt32LittleEndian(archive.AsSpan(second + 42), 0);
        AssertRefused(archive, "'b' has a different name in its own header");

        archive[second + 46] = (byte)'a';
        AssertRefused(archive, "two entries have the name 'a'");
    }

    [Fact]
    public void Entries_that_overlap_are_refused()
    {
        // The first entry says, in both headers, that it reaches over the second.
        byte[] archive = Write(false, ("a", new byte[100]), ("b", new byte[100]));
        int central = archive.AsSpan().IndexOf("PK\x01\x02"u8);
        foreach (int at in new[] { 18, 22, central + 20, central + 24 })
        {
            BinaryPrimitives.WriteUInt32LittleEndian(archive.AsSpan(at), 150);
        }

        AssertRefused(archive, "'b' overlaps the entry before it");
    }

    [Theory]
    [InlineData(8, 1, "is encrypted")]
    [InlineData(8, 0x20, "has the flags 0x0820")]
    [InlineData(10, 12, "has the compression method 12")]
    [InlineData(20, 200, "is stored uncompressed with 200 bytes, but its length is 3")]
    [InlineData(42, 10, "does not begin at the position that the zip directory gives")]
    [InlineData(28, 200, "truncated")]
    [InlineData(0, 0, "no entry begins here")]
    public void Directory_records_that_do_not_fit_are_refused(int offset, int value, string reason)
    {
        byte[] archive = Write(false, ("a", [1, 2, 3]));
        int central = archive.AsSpan().IndexOf("PK\x01\x02"u8);
        archive[central + offset] = offset == 8 ? (byte)(archive[central + offset] | value) : (byte)value;
        AssertRefused(archive, reason);
    }

    [Theory]
    [InlineData(8, 8, "has a different compression method than the zip directory gives")]
    [InlineData(22, 4, "has a different size than the zip directory gives")]
    [InlineData(0, 0, "does not begin at the position that the zip directory gives")]
    public void Headers_that_contradict_the_directory_are_refused(int offset, byte value, string reason)
    {
        byte[] archive = Write(false, ("a", [1, 2, 3]));
        archive[offset] = value;
        AssertRefused(archive, reason);
    }

    [Fact]
    public void Bytes_behind_the_last_record_are_refused()
    {
        byte[] archive = Write(false, ("a", [1]), ("b", [1]));
        BinaryPrimitives.WriteUInt16LittleEndian(archive.AsSpan(^14), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(archive.AsSpan(^12), 1);
        AssertRefused(archive, "after its last entry");
    }

    [Fact]
    public void More_entries_than_the_limit_are_refused()
    {
        using ByteSource source = Source(Write(false, ("a", [1]), ("b", [1]), ("c", [1])));
        Assert.Contains("the limit is 2", Assert.Throws<MalformedInputException>(() => ZipDirectory.Read(source, Limits.Default with { ArchiveEntries = 2 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_false_number_of_entries_costs_nothing()
    {
        byte[] archive = Write(true, ("a", [1]));
        int end = LastIndexOf(archive, ZipFields.Zip64EndOfDirectory);
        BinaryPrimitives.WriteInt64LittleEndian(archive.AsSpan(end + 24), long.MaxValue);
        BinaryPrimitives.WriteInt64LittleEndian(archive.AsSpan(end + 32), long.MaxValue);
        AssertRefused(archive, "the limit is 100,000");
    }

    private static byte[] Write(bool large, params (string Name, byte[] Data)[] entries)
    {
        using var stream = new MemoryStream();
        var writer = new ZipWriter(stream, large);
        foreach ((string name, byte[] data) in entries)
        {
            writer.Add(name, data);
        }

        writer.Finish();
        return stream.ToArray();
    }

    private static int LastIndexOf(byte[] archive, uint signature)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, signature);
        return archive.AsSpan().LastIndexOf(bytes);
    }

    private static ByteSource Source(byte[] archive) => ByteSource.Over(archive, "zip", Limits.Default);

    private static void AssertRefused(byte[] archive, string reason)
    {
        using ByteSource source = Source(archive);
        Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => ZipDirectory.Read(source, Limits.Default)).Message, StringComparison.Ordinal);
    }
}
