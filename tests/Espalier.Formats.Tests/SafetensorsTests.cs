using System.Buffers.Binary;
using System.Text;
using Espalier.Formats.Tests.Support;

namespace Espalier.Formats.Tests;

/// <summary>safetensors: what is written is read, and whatever breaks a rule of the format is refused.</summary>
public class SafetensorsTests
{
    private const string Pair = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}""";

    public static TheoryData<string, int, string> Broken => new()
    {
        // header, bytes of data, what the error says
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "is not valid JSON" },
        { """{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "is not valid JSON" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\u0061":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", 8, "is not valid JSON" },
        { """{"__metadata__":{"k":"1","k":"2"}}""", 0, "is not valid JSON" },
        { """{"__metadata__":{"k":1}}""", 0, "has a value under 'k' that is not a string" },
        { """{"__metadata__":[]}""", 0, "'__metadata__' is no object" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "'b' overlaps the tensor before it: it begins at 4, the other ends at 8" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "overlaps" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}""", 20, "gaps are not allowed" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "gaps are not allowed" },
        { Pair, 10, "no data may follow them" },
        { Pair, 8, "truncated: the tensors take 9 bytes, but only 8 are there" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "which needs 12 bytes, but has 8" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "which are not a begin and an end" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}""", 8, "which are not a begin and an end" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "that is not a non-negative integer" },
        { """{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "that is not a non-negative integer" },
        { """{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "that is not a non-negative integer" },
        { """{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,8]}}""", 8, "that is not a non-negative integer" },
        { """{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "an extent is at most 2,147,483,647" },
        { """{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647,2147483647],"data_offsets":[0,4]}}""", 4, "more than the 2,147,483,647 bytes that one tensor can have" },
        { """{"a":{"dtype":"F64","shape":[2147483647],"data_offsets":[0,17179869176]}}""", 8, "more than the 2,147,483,647 bytes that one tensor can have" },
        { """{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647,2147483647,0],"data_offsets":[0,0]}}""", 0, "more than the 2,147,483,647 bytes that one tensor can have" },
        { """{"a":{"dtype":"F8_E5M2","shape":[2],"data_offsets":[0,2]}}""", 2, "has the dtype 'F8_E5M2'; supported are F32" },
        { """{"a":{"dtype":7,"shape":[2],"data_offsets":[0,2]}}""", 2, "has no dtype that is a string" },
        { """{"a":{"dtype":"F32","shape":[2]}}""", 8, "is not an object of dtype, shape and data_offsets" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", 8, "is not an object of dtype, shape and data_offsets" },
        { """{"a":{"dtype":"F32","shape":[2],"offsets":[0,8]}}""", 8, "has no data_offsets" },
        { """{"a":5}""", 0, "is not an object of dtype, shape and data_offsets" },
        { """{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}""", -2, "is boolean, but its element 0 is 255" },
        { """{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "" },
        { """{"a":{"dtype":"\ud800","shape":[2],"data_offsets":[0,8]}}""", 8, "a string that is not valid Unicode" },
        { """[]""", 0, "must begin with '{'" },
        { """ {}""", 0, "must begin with '{'" },
        { """{} x""", 0, "is not valid JSON" },
        { """{"a":""", 0, "is not valid JSON" },
        { "", 0, "must begin with '{'" },
        { "{\"\u00ff\":1}", 0, "is not UTF-8" },
    };

    [Theory(DisplayName = "Faults: one F8/U16/U32/complex tensor beside the others")]
    [InlineData("F8_E4M3", 2)]
    [InlineData("U16", 4)]
    [InlineData("U32", 8)]
    [InlineData("C64", 16)]
    public void Tensors_of_other_types_do_not_keep_the_others_from_being_read(string dtype, int length)
    {
        string json = $$$"""{"x":{"dtype":"{{{dtype}}}","shape":[2],"data_offsets":[0,{{{length}}}]},"a":{"dtype":"U8","shape":[1],"data_offsets":[{{{length}}},{{{length + 1}}}]}}""";
        byte[] file = [.. BitConverter.GetBytes((long)json.Length), .. System.Text.Encoding.UTF8.GetBytes(json), .. new byte[length], 7];

        Checkpoint checkpoint = CheckpointReader.Read(file, "memory");

        Assert.Equal(7, checkpoint.StateDict["a"].Read<byte>()[0]);
        CheckpointNote note = Assert.Single(checkpoint.Unreadable);
        Assert.Equal("x", note.Name);
        Assert.Contains($"dtype '{dtype}'", note.Text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: \"__metadata__\": null")]
    public void Metadata_may_be_null()
    {
        const string Json = """{"__metadata__":null,"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""";

        SafetensorsFile file = SafetensorsReader.Read((byte[])[.. BitConverter.GetBytes((long)Json.Length), .. System.Text.Encoding.UTF8.GetBytes(Json), 7], "memory");

        Assert.Equal(7, file.Tensors["a"].Read<byte>()[0]);
        Assert.Empty(file.Metadata);
    }

    [Fact]
    public void What_is_written_is_read()
    {
        StateDict tensors = StateDicts.OfEveryType(1);
        KeyValuePair<string, string>[] metadata = [new("format", "pt"), new("notes", "a \"quoted\" line\n金魚")];
        SafetensorsFile file = SafetensorsReader.Read(Bytes(tensors, metadata), "memory");
        StateDicts.AssertBitEqual(tensors, file.Tensors);
        Assert.Equal(metadata, file.Metadata);
    }

    [Fact]
    public void A_file_is_mapped()
    {
        using var folder = new TemporaryFolder();
        StateDict tensors = StateDicts.OfEveryType(2);
        SafetensorsWriter.Write(folder["a.safetensors"], tensors);
        StateDicts.AssertBitEqual(tensors, SafetensorsReader.Read(folder["a.safetensors"]).Tensors);
        StateDicts.AssertBitEqual(tensors, CheckpointReader.Read(folder["a.safetensors"]).StateDict);
        Assert.Throws<InvalidOperationException>(() => SafetensorsReader.Read(folder["a.safetensors"]).Tensors["layer.Float32"].Write<float>());
    }

    [Fact]
    public void A_file_of_more_than_two_gigabytes_is_mapped_tensor_by_tensor()
    {
        using var folder = new TemporaryFolder();
        const string Header = """{"a":{"dtype":"U8","shape":[1500000000],"data_offsets":[0,1500000000]},"b":{"dtype":"F32","shape":[375000000],"data_offsets":[1500000000,3000000000]}}""";
        using (var stream = new FileStream(folder["large"], FileMode.CreateNew))
        {
            stream.Write(File(Header, []));
            stream.SetLength(stream.Length + 3_000_000_000); // a hole: it takes no room on the disk
            stream.Position = stream.Length - 4;
            stream.Write([0, 0, 0x80, 0x3F]);
        }

        StateDict tensors = SafetensorsReader.Read(folder["large"]).Tensors;
        Assert.Equal(1f, tensors["b"].Read<float>()[^1]);
        Assert.Equal(0, tensors["a"].Read<byte>()[^1]);
    }

    [Fact]
    public void The_metadata_is_read_alone()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["a"], StateDicts.OfEveryType(2), [new("format", "pt")]);
        Assert.Equal([new("format", "pt")], SafetensorsReader.ReadMetadata(folder["a"]));
    }

    [Fact]
    public void Widest_elements_come_first_and_every_tensor_is_aligned()
    {
        byte[] file = Bytes(StateDicts.OfEveryType(3), []);
        int headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        Assert.Equal(0, (headerLength + 8) % 64);
        SafetensorsHeader header = SafetensorsHeader.Parse("memory", file.AsMemory(8, headerLength), file.Length - 8 - headerLength, Limits.Default);
        SafetensorsEntry[] layout = [.. header.Entries.Where(e => e.Length > 0).OrderBy(e => e.Offset)];
        Assert.Equal(layout.OrderByDescending(e => e.Type.Size()).ThenBy(e => e.Name, StringComparer.Ordinal), layout);
        Assert.All(layout, e => Assert.Equal(0, e.Offset % e.Type.Size()));
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes() => Assert.Equal(Bytes(StateDicts.OfEveryType(5), []), Bytes(StateDicts.OfEveryType(5), []));

    [Fact]
    public void Tensors_off_their_alignment_are_read_right()
    {
        byte[] file = File("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}""", [7, 0, 0, 0x80, 0x3F]);
        StateDict tensors = SafetensorsReader.Read(file, "memory").Tensors;
        Assert.Equal(1f, tensors["b"].Read<float>()[0]);
        Assert.Equal(7, tensors["a"].Read<byte>()[0]);
    }

    [Fact]
    public void Spaces_behind_the_header_are_allowed() => Assert.Equal(["a", "b"], SafetensorsReader.Read(File(Pair + "   ", new byte[9]), "memory").Tensors.Names);

    [Fact]
    public void A_file_without_tensors_is_one() => Assert.Empty(SafetensorsReader.Read(File("{}", []), "memory").Tensors);

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_breaks_a_rule_is_refused(string header, int data, string reason)
    {
        byte[] content = new byte[Math.Abs(data)];
        content.AsSpan().Fill(data < 0 ? (byte)255 : (byte)0);
        AssertRefused(File(header, content), reason);
    }

    [Theory]
    [InlineData(ulong.MaxValue, "the limit is 100,000,000")]
    [InlineData(1UL << 63, "the limit is 100,000,000")]
    [InlineData(100_000_001UL, "the limit is 100,000,000")]
    [InlineData(100_000_000UL, "truncated: a safetensors header of 100,000,000 bytes in a file of ")]
    [InlineData(0UL, "must begin with '{'")]
    public void Header_lengths_that_cannot_be_are_refused(ulong length, string reason)
    {
        byte[] file = File(Pair, new byte[9]);
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        AssertRefused(file, reason);
    }

    [Fact]
    public void Deep_JSON_is_refused() => AssertRefused(File("{\"a\":" + new string('[', 1000) + new string(']', 1000) + "}", []), "is not valid JSON");

    [Fact]
    public void More_tensors_than_the_limit_are_refused() => Assert.Contains(
        "more than 1 tensors",
        Assert.Throws<MalformedInputException>(() => SafetensorsReader.Read(File(Pair, new byte[9]), "memory", Limits.Default with { TensorCount = 1 })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void No_tensor_can_be_called_like_the_metadata() =>
        Assert.Throws<ArgumentException>(() => Bytes(new StateDict([new("__metadata__", Tensor.Zeros([1]))]), []));

    private static byte[] Bytes(StateDict tensors, KeyValuePair<string, string>[] metadata)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }

    private static byte[] File(string header, byte[] data)
    {
        byte[] json = header.Contains('\u00ff', StringComparison.Ordinal) ? Encoding.Latin1.GetBytes(header) : Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. data];
    }

    private static void AssertRefused(byte[] file, string reason) =>
        Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => SafetensorsReader.Read(file, "memory")).Message, StringComparison.Ordinal);
}
