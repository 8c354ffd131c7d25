using Espalier.Formats.Tests.Support;

namespace Espalier.Formats.Tests;

/// <summary>Checkpoints written here, read here and by PyTorch.</summary>
public class TorchZipWriterTests
{
    private const string Python = "/usr/bin/python3";

    // Prints what it reads as the fixtures' tables have it.
    private const string Script =
        """
        import hashlib, sys, torch
        loaded = torch.load(sys.argv[1], **({"weights_only": True} if sys.argv[2] == "weights_only" else {}))
        assert type(loaded).__name__ == "OrderedDict", type(loaded)
        for name, tensor in loaded.items():
            flat = tensor.contiguous().reshape(-1)
            data = bytes(flat.view(torch.uint8).numpy()) if flat.numel() else b""
            print(name, str(tensor.dtype)[6:], "x".join(map(str, tensor.shape)) or "scalar", hashlib.sha256(data).hexdigest(), sep="\t")
        """;

    [Fact]
    public void What_is_written_is_read()
    {
        StateDict tensors = StateDicts.OfEveryType(6);
        Checkpoint checkpoint = CheckpointReader.Read(Write(tensors), "memory");
        Assert.Equal(CheckpointFormat.TorchZip, checkpoint.Format);
        Assert.Empty(checkpoint.Notes);
        StateDicts.AssertBitEqual(tensors, checkpoint.StateDict);
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes() => Assert.Equal(Write(StateDicts.OfEveryType(7)), Write(StateDicts.OfEveryType(7)));

    [Theory]
    [InlineData("weights_only")]
    [InlineData("anything")]
    public void PyTorch_reads_what_is_written(string mode)
    {
        RequireTorch();
        using var folder = new TemporaryFolder();
        StateDict tensors = StateDicts.OfEveryType(8);
        TorchZipWriter.Write(folder["a.pth"], tensors);
        Assert.Equal(Fixture.Rows(tensors), ReadWithTorch(folder["a.pth"], mode));
    }

    [Fact]
    public void A_published_network_goes_through_every_form_and_back_to_PyTorch_bit_for_bit()
    {
        string original = Kit.Path("weights/resnet20-12fca82f.th");
        RequireTorch();
        using var folder = new TemporaryFolder();
        StateDict tensors = CheckpointReader.Read(original).StateDict;
        SafetensorsWriter.Write(folder["a.safetensors"], tensors);
        TorchZipWriter.Write(folder["a.pth"], CheckpointReader.Read(folder["a.safetensors"]).StateDict);
        Assert.Equal(Fixture.Table("kit.tsv")["weights/resnet20-12fca82f.th"], ReadWithTorch(folder["a.pth"], "weights_only"));
    }

    private static void RequireTorch() =>
        Assert.SkipUnless(Processes.TryRun(Python, ["-c", "import torch"], out _), $"needs PyTorch in {Python} (Debian: python3-torch)");

    private static string[] ReadWithTorch(string path, string mode)
    {
        Assert.True(Processes.TryRun(Python, ["-c", Script, path, mode], out string output), output);
        return output.TrimEnd('\n').Split('\n');
    }

    private static byte[] Write(StateDict tensors)
    {
        using var stream = new MemoryStream();
        TorchZipWriter.Write(stream, tensors);
        return stream.ToArray();
    }
}
