using System.Formats.Tar;
using System.IO.Compression;
using Espalier.Tensors;

namespace Espalier.Tests;

public class TarExtractionTests
{
    private const string Folder = "data";

    [Fact]
    public void Files_of_the_folder_are_unpacked()
    {
        using var folder = new TemporaryFolder();
        Extract(folder, Entry("data/a.bin", "hello"), Entry("data/deep/b.bin", "there"));

        Assert.Equal("hello", File.ReadAllText(folder.File("out/a.bin")));
        Assert.Equal("there", File.ReadAllText(folder.File("out/deep/b.bin")));
        AssertNothingElse(folder, "out");
    }

    [Fact]
    public void What_a_killed_process_has_unpacked_is_replaced()
    {
        using var folder = new TemporaryFolder();
        folder.Write("out.part/data/half.bin", 1, 2, 3);
        Extract(folder, Entry("data/a.bin", "hello"));
        Assert.Equal(["a.bin"], Directory.EnumerateFileSystemEntries(folder.File("out")).Select(Path.GetFileName));
        AssertNothingElse(folder, "out");
    }

    [Fact]
    public void Two_processes_do_not_unpack_at_once()
    {
        using var folder = new TemporaryFolder();
        string archive = Write(folder, Entry("data/a.bin", "hello"));
        using (new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.None))
        {
            var error = Assert.Throws<EspalierException>(() => TarExtraction.Run(archive, Folder, folder["out"], TestContext.Current.CancellationToken));
            Assert.Equal($"another process is unpacking {archive}; wait until it has ended", error.Message);
        }

        TarExtraction.Run(archive, Folder, folder["out"], TestContext.Current.CancellationToken);
        Assert.True(Directory.Exists(folder["out"]));
    }

    [Theory]
    [InlineData("../evil.txt")]
    [InlineData("data/../../evil.txt")]
    [InlineData("/tmp/espalier-evil.txt")]
    public void An_entry_that_leads_out_is_refused_and_nothing_is_left(string name)
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<MalformedInputException>(() => Extract(folder, Entry("data/a.bin", "hello"), Entry(name, "evil")));

        Assert.Contains("leads out of it", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(name));
        AssertNothingElse(folder);
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    public void Links_are_refused(TarEntryType type)
    {
        using var folder = new TemporaryFolder();
        var link = new PaxTarEntry(type, "data/link") { LinkName = "/etc/passwd" };

        var error = Assert.Throws<MalformedInputException>(() => Extract(folder, link));

        Assert.Contains("only files and folders are unpacked", error.Message, StringComparison.Ordinal);
        AssertNothingElse(folder);
    }

    [Fact]
    public void An_archive_of_zeros_without_end_is_stopped()
    {
        using var folder = new TemporaryFolder();
        TarEntry[] many = [.. Enumerable.Range(0, 1001).Select(i => Entry($"data/{i}", ""))];

        var error = Assert.Throws<MalformedInputException>(() => Extract(folder, many));

        Assert.Contains("more than 1000 entries", error.Message, StringComparison.Ordinal);
        AssertNothingElse(folder);
    }

    [Fact]
    public void Every_truncation_is_refused_and_nothing_is_left()
    {
        using var folder = new TemporaryFolder();
        string archive = Write(folder, Entry("data/a.bin", "hello"));
        byte[] whole = File.ReadAllBytes(archive);
        for (int length = 0; length < whole.Length / 2; length++)
        {
            File.WriteAllBytes(archive, whole[..length]);
            Assert.ThrowsAny<EspalierException>(() => TarExtraction.Run(archive, Folder, folder.File("out"), TestContext.Current.CancellationToken));
            AssertNothingElse(folder);
        }
    }

    private static PaxTarEntry Entry(string name, string content) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)) };

    private static void Extract(TemporaryFolder folder, params TarEntry[] entries) =>
        TarExtraction.Run(Write(folder, entries), Folder, folder.File("out"), TestContext.Current.CancellationToken);

    private static string Write(TemporaryFolder folder, params TarEntry[] entries)
    {
        string path = folder.File("archive.tar.gz");
        using var zip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        using var tar = new TarWriter(zip);
        foreach (TarEntry entry in entries)
        {
            tar.WriteEntry(entry);
        }

        return path;
    }

    private static void AssertNothingElse(TemporaryFolder folder, params string[] expected) =>
        Assert.Equal(["archive.tar.gz", .. expected], Directory.EnumerateFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
}
