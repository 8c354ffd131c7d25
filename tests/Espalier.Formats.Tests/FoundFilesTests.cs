using System.IO.Compression;
using System.Text;
using Espalier.Formats.Tests.Support;

namespace Espalier.Formats.Tests;

/// <summary>Files as people find them: checkpoints in parts, whole modules, arrays, and what only looks like a checkpoint.</summary>
public class FoundFilesTests
{
    [Theory(DisplayName = "Faults: Git-LFS pointer, HTML page and gzip are named for what they are, with the remedy")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "a Git LFS pointer", "git lfs pull")]
    [InlineData("<!DOCTYPE html>\n<html lang=\"en\"><head>", "an HTML page", "download the file itself")]
    [InlineData("\n  <HTML><body>404</body></HTML>", "an HTML page", "download the file itself")]
    [InlineData("BZh91AY&SY", "compressed with bzip2", "bunzip2")]
    public void Other_files_are_named(string content, string what, string remedy)
    {
        string message = Refused(Encoding.Latin1.GetBytes(content));
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: a checkpoint compressed with gzip is named, with the remedy")]
    public void Gzip_is_named()
    {
        using var stream = new MemoryStream();
        using (var packed = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            packed.Write(Fixture.Bytes("types.zip.pth"));
        }

        Assert.Contains("compressed with gzip; unpack it first", Refused(stream.ToArray()), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Faults: a whole pickled module with register_buffer(persistent=False), also inside a dict, is its state_dict()")]
    [InlineData("transient.zip.pth")]
    [InlineData("transient_in_dict.zip.pth")]
    public void Buffers_that_are_not_persistent_are_left_out(string file) =>
        Assert.Equal(Fixture.Table("fixtures.tsv")[file], Fixture.Rows(CheckpointReader.Read(Fixture.PathOf(file)).StateDict));

    [Theory(DisplayName = "Faults: shards are read by their index.json")]
    [InlineData(".safetensors")]
    [InlineData(".bin")]
    public void A_checkpoint_in_parts_is_read(string extension)
    {
        using var folder = new TemporaryFolder();
        (string index, StateDict whole) = WriteParts(folder, extension);

        StateDict read = CheckpointReader.Read(index).StateDict;

        StateDicts.AssertBitEqual(new StateDict(whole.Select(entry => KeyValuePair.Create(entry.Key["module.".Length..], entry.Value))), read);
    }

    [Theory]
    [InlineData("../outside.safetensors", "expected a file in its own folder")]
    [InlineData("/etc/passwd", "expected a file in its own folder")]
    [InlineData("..", "expected a file in its own folder")]
    [InlineData("", "expected a file in its own folder")]
    [InlineData("part3.safetensors", "its part part3.safetensors (2 of 2) is not in")]
    [InlineData("part2.safetensors", "says that part2.safetensors has the tensor 'module.more'")]
    public void An_index_that_points_elsewhere_or_nowhere_is_refused(string file, string reason)
    {
        using var folder = new TemporaryFolder();
        (string index, _) = WriteParts(folder, ".safetensors");
        File.WriteAllText(index, $$"""{"weight_map": {"module.a.weight": "part1.safetensors", "module.more": "{{file}}" } }""");

        var error = Assert.ThrowsAny<EspalierException>(() => CheckpointReader.Read(index));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_together_stay_within_the_limit()
    {
        using var folder = new TemporaryFolder();
        (string index, _) = WriteParts(folder, ".bin");
        var options = new CheckpointOptions { Limits = Limits.Default with { TensorBytes = 40 } }; // 24 bytes in the first, 32 in the second

        Assert.Throws<MalformedInputException>(() => CheckpointReader.Read(index, options));
    }

    [Fact(DisplayName = "Faults: arrays (.npy) are read and written")]
    public void Arrays_survive_a_round()
    {
        using var folder = new TemporaryFolder();
        foreach ((string name, Tensor tensor) in StateDicts.OfEveryType(4))
        {
            if (tensor.Type != ElementType.BFloat16)
            {
                string path = folder.File("a.npy");
                NpyFile.Write(path, tensor);
                Tensor read = NpyFile.Read(path);
                Assert.True(tensor.BitEquals(read), name);
                Assert.Equal(0, (new FileInfo(path).Length - tensor.Bytes.Length) % 64);
            }
        }
    }

    [Theory]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", 8, "type >f4")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }", 8, "Fortran order")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 8, "the wrong number")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", 8, "the wrong number")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647), }", 8, "the wrong number")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", 8, "holds records")]
    public void Other_arrays_are_refused(string header, int bytes, string reason)
    {
        using var folder = new TemporaryFolder();
        byte[] text = Encoding.Latin1.GetBytes(header);
        string path = folder.Write("a.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. text, .. new byte[bytes]]);

        Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => NpyFile.Read(path)).Message, StringComparison.Ordinal);
    }

    private static string Refused(byte[] bytes) => Assert.Throws<MalformedInputException>(() => CheckpointReader.Read(bytes, "file")).Message;

    /// <summary>Two files with three tensors, and their index.</summary>
    private static (string Index, StateDict Whole) WriteParts(TemporaryFolder folder, string extension)
    {
        KeyValuePair<string, Tensor>[] tensors =
        [
            new("module.a.weight", Tensor.From([2, 3], 1, 2, 3, 4, 5, 6)), new("module.b.weight", Tensor.From([4], 7, 8, 9, 10)), new("module.b.bias", Tensor.From([4], 0, 1, 0, 1)),
        ];
        Action<string, StateDict> write = extension == ".bin" ? TorchZipWriter.Write : (path, part) => SafetensorsWriter.Write(path, part);
        write(folder.File($"part1{extension}"), new StateDict(tensors[..1]));
        write(folder.File($"part2{extension}"), new StateDict(tensors[1..]));
        string map = string.Join(", ", tensors.Select((tensor, i) => $"\"{tensor.Key}\": \"part{(i == 0 ? 1 : 2)}{extension}\""));
        string index = folder.File($"model{extension}.index.json");
        File.WriteAllText(index, $$"""{"metadata": {"total_size": 56}, "weight_map": { {{map}} } }""");
        return (index, new StateDict(tensors));
    }
}
