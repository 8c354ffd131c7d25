using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Espalier.Formats.Tests.Support;

namespace Espalier.Formats.Tests;

/// <summary>Checkpoints made to hurt: each ends in the one error, soon and without much memory.</summary>
public class HostileCheckpointTests
{
    private static readonly byte[] FourFloats = new byte[16];

    [Theory]
    [InlineData(-1, 2, 1, "spans elements -1")]
    [InlineData(0, 5, 1, "spans elements 0 to 4 of storage \"0\", which has 4")]
    [InlineData(3, 2, 1, "spans elements 3 to 4")]
    [InlineData(0, 2, 4, "spans elements 0 to 4")]
    [InlineData(0, 2, -1, "the negative stride -1")]
    [InlineData(0, -2, 1, "the size -2")]
    [InlineData(0, int.MaxValue, 0, "more than 2,147,482,623 bytes")]
    [InlineData(0, 100_000_000, 0, "200 times the file's")]
    [InlineData(0, 2, int.MaxValue, "spans elements 0 to 2147483647")]
    public void Views_beyond_their_storage_are_refused(int offset, int size, int stride, string reason) =>
        AssertRefused(Archive.Torch(new PickleBytes().Protocol(2).Tensor("0", 4, offset, [size], [stride]).Ascii("."), FourFloats), reason);

    [Fact]
    public void Sizes_whose_product_overflows_are_refused() => AssertRefused(
        Archive.Torch(new PickleBytes().Protocol(2).Tensor("0", 4, 0, [int.MaxValue, int.MaxValue, int.MaxValue], [0, 0, 0]).Ascii("."), FourFloats),
        "more than 2,147,482,623 bytes");

    [Fact]
    public void Sizes_whose_product_overflows_are_refused_even_where_another_is_zero() => AssertRefused(
        Archive.Torch(new PickleBytes().Protocol(2).Tensor("0", 4, 0, [int.MaxValue, int.MaxValue, int.MaxValue, 0], [0, 0, 0, 0]).Ascii("."), FourFloats),
        "more than 2,147,482,623 bytes");

    [Fact]
    public void Entries_that_are_looked_at_again_and_again_are_counted()
    {
        // A dict of a tensor and many numbers, many times over.
        var pickle = new PickleBytes().Ascii("}q\u0000(").Text("t").Tensor("0", 4, 0, [1], [1]);
        for (int i = 0; i < 20_000; i++)
        {
            pickle.Integer(i).Ascii("N");
        }

        pickle.Ascii("u0](");
        for (int i = 0; i < 5_000; i++)
        {
            pickle.Ascii("h\u0000");
        }

        AssertRefused(Archive.Torch(pickle.Ascii("e."), FourFloats), "more than 10,000,000 values, the limit; shared parts count");
    }

    [Fact]
    public void A_wrapper_in_itself_is_refused() => AssertRefused(
        Archive.Torch(new PickleBytes().Ascii("}q\u0000(").Text("state_dict").Ascii("h\u0000").Text("x").Tensor("0", 4, 0, [1], [1]).Ascii("u."), FourFloats),
        "nested deeper than the limit of 64");

    [Fact]
    public void Notes_are_only_so_many()
    {
        var pickle = new PickleBytes().Ascii("}(").Text("t").Tensor("0", 4, 0, [1], [1]);
        for (int i = 0; i < 5000; i++)
        {
            pickle.Text($"n{i}").Integer(i);
        }

        Assert.Equal(1000, CheckpointReader.Read(Archive.Torch(pickle.Ascii("u."), FourFloats), "notes").Notes.Length);
    }

    [Fact]
    public void Many_views_that_unfold_a_little_each_are_refused()
    {
        var pickle = new PickleBytes().Protocol(2).Ascii("](");
        for (int i = 0; i < 1000; i++)
        {
            pickle.Tensor("0", 4, 0, [100_000], [0]);
        }

        AssertRefused(Archive.Torch(pickle.Ascii("e."), FourFloats), "the limit");
    }

    [Theory]
    [InlineData("0", 5, "FloatStorage", "should hold 5 elements of 4 bytes, but has 16 bytes")]
    [InlineData("0", 4, "DoubleStorage", "should hold 4 elements of 8 bytes, but has 16 bytes")]
    [InlineData("7", 4, "FloatStorage", "storage \"7\" is missing")]
    [InlineData("../0", 4, "FloatStorage", "storage \"../0\" is missing")]
    [InlineData("0", 4, "os", "storages of the class torch.os are not supported")]
    [InlineData("0", -4, "FloatStorage", "which is not a storage")]
    public void Storages_that_are_not_what_they_are_said_to_be_are_refused(string key, int count, string storage, string reason) =>
        AssertRefused(Archive.Torch(new PickleBytes().Protocol(2).Tensor(key, count, 0, [1], [1], storage).Ascii("."), FourFloats), reason);

    [Fact]
    public void One_storage_cannot_be_two_things() => AssertRefused(
        Archive.Torch(new PickleBytes().Protocol(2).Ascii("](").Tensor("0", 4, 0, [1], [1]).Tensor("0", 4, 0, [1], [1], "IntStorage").Ascii("e."), FourFloats),
        "two different types or sizes");

    [Fact]
    public void Numbers_that_are_neither_true_nor_false_are_refused() => AssertRefused(
        Archive.Torch(new PickleBytes().Protocol(2).Tensor("0", 3, 0, [3], [1], "BoolStorage").Ascii("."), [0, 1, 2]),
        "is boolean, but its element 2 is 2");

    [Fact]
    public void Big_endian_archives_are_refused_by_name() =>
        AssertRefused(Archive.Torch(new PickleBytes().Protocol(2).Tensor("0", 4, 0, [1], [1]).Ascii("."), "big", FourFloats), "big-endian");

    [Fact]
    public void Big_endian_streams_are_refused_by_name()
    {
        byte[] stream = Fixture.Bytes("types.stream.pth");
        int flag = stream.AsSpan().IndexOf("little_endian"u8) + "little_endian".Length;
        Assert.Equal(0x88, stream[flag + 2]); // NEWTRUE behind the memo instruction
        stream[flag + 2] = 0x89;
        AssertRefused(stream, "big-endian");
    }

    [Theory]
    [InlineData("cos\nsystem\n(Vrm -rf /\ntR.", "it holds a call of os.system, not tensors")]
    [InlineData("}Va\ncos\nsystem\n(Vls\ntRs.", "it holds a dict of 1 with the keys \"a\", not tensors")]
    [InlineData("ctorch.jit\nload\n)R.", "it holds a call of torch.jit.load, not tensors")]
    [InlineData("N.", "it holds None, not tensors")]
    [InlineData("ctorch.storage\n_load_from_bytes\n(C\u0001atR.", "a call of torch.storage._load_from_bytes")]
    public void A_checkpoint_without_tensors_says_what_it_holds_instead(string program, string reason) =>
        AssertRefused(Archive.Torch(new PickleBytes().Ascii(program)), reason);

    [Fact]
    public void A_call_beside_tensors_is_only_a_note()
    {
        var pickle = new PickleBytes().Ascii("}(").Text("a.weight").Tensor("0", 4, 0, [2, 2], [2, 1]).Text("evil").Ascii("cos\nsystem\n(Vls\ntRu.");
        Checkpoint checkpoint = CheckpointReader.Read(Archive.Torch(pickle, FourFloats), "evil");
        Assert.Equal(["a.weight"], checkpoint.StateDict.Names);
        Assert.Equal(new CheckpointNote("evil", "os.system(\"ls\")"), Assert.Single(checkpoint.Notes));
    }

    [Fact]
    public void Shared_lists_that_multiply_without_end_are_looked_into_once() =>
        AssertRefused(Archive.Torch(Laughs(new PickleBytes().Ascii("K\u0001"))), "it holds a list of 10, not tensors");

    [Fact]
    public void Shared_tensors_that_multiply_without_end_are_refused_soon() =>
        AssertRefused(Archive.Torch(Laughs(new PickleBytes().Tensor("0", 4, 0, [1], [1])), FourFloats), "more than 131,072 tensors, the limit");

    [Theory]
    [InlineData("]q\u0000h\u0000a.")]
    [InlineData("}q\u0000Vstate_dict\nh\u0000s.")]
    public void Containers_that_hold_nothing_but_themselves_hold_no_tensors(string program) =>
        AssertRefused(Archive.Torch(new PickleBytes().Ascii(program)), "not tensors");

    [Fact]
    public void Tensors_in_a_container_that_holds_itself_are_refused() => AssertRefused(
        Archive.Torch(new PickleBytes().Ascii("]q\u0000h\u0000a").Tensor("0", 4, 0, [1], [1]).Ascii("a."), FourFloats),
        "nested deeper than the limit of 64");

    [Fact]
    public void Lists_in_lists_are_followed_only_so_deep() => AssertRefused(
        Archive.Torch(new PickleBytes().Ascii(new string(']', 100_000) + new string('a', 99_999) + ".")),
        "nested deeper than the limit of 64");

    [Fact]
    public void A_tensor_wrapped_in_itself_is_refused() => AssertRefused(
        Archive.Torch(new PickleBytes().Ascii(string.Concat(Enumerable.Repeat("ctorch._utils\n_rebuild_parameter\n(", 20)) + "N" + string.Concat(Enumerable.Repeat("tR", 20)) + ".")),
        "wrapped too deeply");

    [Fact]
    public void Names_may_only_be_so_long() => AssertRefused(
        Archive.Torch(new PickleBytes().Ascii("}").Text(new string('n', 2000)).Tensor("0", 4, 0, [1], [1]).Ascii("s."), FourFloats),
        "a tensor's name has 2,000 characters; the limit is 1,024");

    [Fact]
    public void Two_tensors_cannot_have_one_name() => AssertRefused(
        Archive.Torch(new PickleBytes().Ascii("}(").Text("a").Tensor("0", 4, 0, [1], [1]).Text("a").Tensor("0", 4, 1, [1], [1]).Ascii("u."), FourFloats),
        "two tensors have the name 'a'");

    [Fact(DisplayName = "Faults: zeros that compress 1000:1")]
    public void A_deflated_layer_of_zeros_is_read()
    {
        const int Count = 1 << 20;
        byte[] pickle = new PickleBytes().Ascii("}(").Text("a").Tensor("0", Count, 0, [Count], [1]).Ascii("u.").ToArray();
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in new[] { ("archive/data.pkl", pickle), ("archive/data/0", new byte[4 * Count]) })
            {
                using Stream entry = zip.CreateEntry(name, CompressionLevel.SmallestSize).Open();
                entry.Write(bytes);
            }
        }

        Tensor tensor = CheckpointReader.Read(stream.ToArray(), "memory").StateDict["a"];

        Assert.Equal(Count, tensor.Shape.Count);
        Assert.False(tensor.Read<float>().ContainsAnyExcept(0f));
    }

    [Theory(DisplayName = "Faults: bytes after a zip")]
    [InlineData(1)]
    [InlineData(4096)]
    public void Bytes_after_the_archive_are_ignored(int surplus)
    {
        byte[] archive = Archive.Torch(new PickleBytes().Ascii("}(").Text("a").Tensor("0", 4, 0, [4], [1]).Ascii("u."), FourFloats);

        StateDict expected = CheckpointReader.Read(archive, "memory").StateDict;
        StateDict found = CheckpointReader.Read((byte[])[.. archive, .. new byte[surplus]], "memory").StateDict;

        Assert.Equal(expected["a"].Read<float>().ToArray(), found["a"].Read<float>().ToArray());
    }

    [Fact]
    public void A_zip_bomb_is_refused_before_it_is_unpacked()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = zip.CreateEntry("archive/data.pkl", CompressionLevel.SmallestSize).Open();
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 257; i++)
            {
                entry.Write(zeros);
            }
        }

        Assert.True(stream.Length < 1 << 19);
        AssertRefused(stream.ToArray(), "a decompression bomb");
    }

    [Fact]
    public void A_deflated_archive_is_read_all_the_same()
    {
        using var stream = new MemoryStream();
        using (var original = new ZipArchive(new MemoryStream(Fixture.Bytes("types.zip.pth"))))
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (ZipArchiveEntry entry in original.Entries)
            {
                using Stream from = entry.Open();
                using Stream into = zip.CreateEntry(entry.FullName, CompressionLevel.Optimal).Open();
                from.CopyTo(into);
            }
        }

        Assert.Equal(Fixture.Table("fixtures.tsv")["types.zip.pth"], Fixture.Rows(CheckpointReader.Read(stream.ToArray(), "deflated").StateDict));
    }

    [Fact]
    public void TorchScript_is_refused_by_name()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("model/data.pkl");
            zip.CreateEntry("model/constants.pkl");
        }

        AssertRefused(stream.ToArray(), "TorchScript");
    }

    [Fact]
    public void More_tensors_than_the_limit_are_refused()
    {
        var options = new CheckpointOptions { Limits = Limits.Default with { TensorCount = 5 } };
        string message = Assert.Throws<MalformedInputException>(() => CheckpointReader.Read(Fixture.PathOf("types.zip.pth"), options)).Message;
        Assert.Contains("more than 5 tensors, the limit", message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_bytes_than_the_limit_are_refused()
    {
        Limits few = Limits.Default with { TensorBytes = 100 };
        Assert.Contains("brings all tensors above the limit of 100 bytes", Message(Fixture.Bytes("types.zip.pth"), few), StringComparison.Ordinal);
        Assert.Contains("more than the limit of 1,000", Message(Fixture.Bytes("types.zip.pth"), Limits.Default with { FileBytes = 1000 }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PK\u0003\u0004")]
    [InlineData("hello, world")]
    [InlineData("\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.")]
    [InlineData("\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.\u0080\u0002M\u00ea\u0003.")]
    public void Beginnings_of_files_are_refused(string text) => AssertRefused(Encoding.Latin1.GetBytes(text), "");

    /// <summary>Lists of ten times the list before, sixty times over (the "billion laughs").</summary>
    private static PickleBytes Laughs(PickleBytes joke)
    {
        PickleBytes pickle = new PickleBytes().Ascii("]q\u0000").Raw(joke.ToArray()).Ascii("a0");
        for (int level = 1; level < 60; level++)
        {
            pickle.Ascii("]").Raw((byte)'q', (byte)level, (byte)'(');
            for (int i = 0; i < 10; i++)
            {
                pickle.Raw((byte)'h', (byte)(level - 1));
            }

            pickle.Ascii("e0");
        }

        return pickle.Raw((byte)'h', 59).Ascii(".");
    }

    private static void AssertRefused(byte[] file, string reason)
    {
        var watch = Stopwatch.StartNew();
        Assert.Contains(reason, Message(file, Limits.Default), StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), $"took {watch.Elapsed}");
    }

    private static string Message(byte[] file, Limits limits) =>
        Assert.Throws<MalformedInputException>(() => CheckpointReader.Read(file, "file", new CheckpointOptions { Limits = limits })).Message;
}
