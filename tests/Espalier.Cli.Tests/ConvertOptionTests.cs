using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Onnx;

namespace Espalier.Cli.Tests;

/// <summary>The options of 'convert' are used, or refused with one sentence: none is ignored.</summary>
public sealed class ConvertOptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ConvertOptionTests()
    {
        Model model = TinyData.Model();
        ModelFile.Write(_folder.File("in.espalier"), model);
        TorchZipWriter.Write(_folder.File("in.pth"), model.ToStateDict());
        OnnxWriter.Write(model, _folder.File("in.onnx"));
    }

    public void Dispose() => _folder.Dispose();

    [Theory(DisplayName = "Faults: options of convert that IN has no use for")]
    [InlineData("in.espalier", "out.espalier", "is for the weights of a network of the zoo, which --model names, and in.espalier is a model file", "--stem", "small")]
    [InlineData("in.espalier", "out.pth", "is for the weights of a network of the zoo, which --model names, and in.espalier is a model file", "--shortcut", "none")]
    [InlineData("in.onnx", "out.espalier", "is for the weights of a network of the zoo, which --model names, and in.onnx is an ONNX network", "--attention", "se")]
    [InlineData("in.espalier", "out.espalier", "is for the weights of a network of the zoo", "--pooling", "blur")]
    [InlineData("in.espalier", "out.espalier", "is for the weights of a network of the zoo", "--norm", "group")]
    [InlineData("in.espalier", "out.espalier", "is for the weights of a network of the zoo", "--block", "acb")]
    [InlineData("in.espalier", "out.espalier", "is for the weights of a network of the zoo", "--classes", "10")]
    [InlineData("in.espalier", "out.espalier", "is for the weights of a network of the zoo", "--any-name")]
    [InlineData("in.espalier", "out.espalier", "is for a checkpoint, and in.espalier is a model file", "--key", "state_dict")]
    [InlineData("in.espalier", "out.pth", "is for a checkpoint, and in.espalier is a model file", "--drop", "x")]
    [InlineData("in.onnx", "out.pth", "is for a checkpoint, and in.onnx is an ONNX network", "--allow-missing", "x")]
    [InlineData("in.espalier", "out.espalier", "is for a checkpoint as IN or weights as OUT, and in.espalier is a model file", "--rename", "a=>b")]
    [InlineData("in.espalier", "out.onnx", "is for a checkpoint as IN or weights as OUT, and in.espalier is a model file", "--shapes", "shapes.json")]
    [InlineData("in.espalier", "out.espalier", "is for an ONNX network whose input size is open, and in.espalier is a model file", "--input-size", "32")]
    [InlineData("in.pth", "out.safetensors", "is for an ONNX network whose input size is open, and in.pth is a checkpoint", "--input-size", "32")]
    [InlineData("in.pth", "out.espalier", "is for an ONNX network whose input size is open, and in.pth is a checkpoint", "--input-size", "32", "--model", TinyData.Network)]
    [InlineData("in.espalier", "out.pth", "is for a checkpoint, and in.espalier is a model file", "--shapes", "shapes.json", "--model", TinyData.Network)]
    [InlineData("in.pth", "out.safetensors", "is for the weights of a network of the zoo, and in.pth is a checkpoint without --model", "--stem", "small")]
    [InlineData("in.pth", "out.safetensors", "is for the weights of a network of the zoo, and in.pth is a checkpoint without --model", "--block", "acb")]
    [InlineData("in.pth", "out.safetensors", "is for the weights of a network of the zoo, and in.pth is a checkpoint without --model", "--classes", "10")]
    [InlineData("in.pth", "out.safetensors", "is for the weights of a network of the zoo, and in.pth is a checkpoint without --model", "--any-name")]
    [InlineData("in.pth", "out.safetensors", "is for the pruned weights of a network, and in.pth is a checkpoint without --model", "--masks")]
    [InlineData("in.espalier", "out.espalier", "is for a file of weights (.pth, .safetensors), and out.espalier is a model file", "--masks")]
    [InlineData("in.espalier", "out.onnx", "is for a file of weights (.pth, .safetensors), and out.onnx is an ONNX network", "--masks")]
    [InlineData("in.espalier", "out.pth", "is for the lineage of a model file (.espalier) or an ONNX network (.onnx), and out.pth is a PyTorch checkpoint", "--measure")]
    [InlineData("in.pth", "out.safetensors", "is for the lineage of a model file (.espalier) or an ONNX network (.onnx), and out.safetensors is a safetensors file of weights alone", "--measure")]
    public void An_option_that_would_be_ignored_is_refused(string input, string output, string expected, params string[] option)
    {
        string error = CliRun.Of(["convert", _folder.File(input), _folder.File(output), .. option]).UserError();
        Assert.Contains($"{option[0]} {expected}", error.Replace(_folder.Path + "/", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File(output)));
    }

    [Theory]
    [InlineData("in.pth", "out.onnx", "--model", TinyData.Network)]
    [InlineData("in.pth", "out.espalier", "--model", TinyData.Network, "--measure")]
    [InlineData("in.pth", "out.onnx", "--model", TinyData.Network, "--measure")]
    [InlineData("in.espalier", "out.espalier", "--measure")]
    [InlineData("in.espalier", "out.onnx", "--measure")]
    public void The_lineage_has_the_conversion_and_its_time(string input, string output, params string[] options)
    {
        CliRun run = CliRun.Of(["convert", _folder.File(input), _folder.File(output), .. options]);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        string path = _folder.File(output);
        Model model = output.EndsWith(".onnx", StringComparison.Ordinal) ? OnnxReader.Read(path).Model : ModelFile.Read(path);
        LineageEntry entry = model.Metadata.Lineage[^1];
        Assert.Equal("convert", entry.Action);
        Assert.Contains(entry.Settings, setting => setting.Name == "from" && setting.Value == input);
        Assert.Equal(options.Contains("--measure"), model.LastFigures()?.Milliseconds is not null);
    }
}
