using System.CommandLine;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli.Tests.Classes;

/// <summary>Every verb that writes a model writes the preprocessing that it was given.</summary>
public sealed class PreprocessingTests
{
    private static readonly string[] Given = ["--mean", "0.1,0.2,0.3", "--std", "0.4,0.5,0.6", "--resize", "20", "--crop", "16", "--interpolation", "bicubic", "--channel-order", "bgr", "--pixel-range", "byte"];

    private static readonly Preprocessing Expected = new()
    {
        Resize = 20,
        Crop = new Size(16, 16),
        Interpolation = Interpolation.Bicubic,
        Normalization = new([0.1f, 0.2f, 0.3f], [0.4f, 0.5f, 0.6f]) { Order = ChannelOrder.Bgr, Range = PixelRange.Byte },
    };

    [Theory]
    [InlineData("convert MODEL OUT")]
    [InlineData("fold MODEL -o OUT")]
    [InlineData("fold MODEL -o OUT --verify DATA")]
    [InlineData("expand MODEL -o OUT --block acb")]
    [InlineData("expand MODEL -o OUT --block acb --verify DATA")]
    [InlineData("prune MODEL -o OUT --method l1 --amount 0.1")]
    [InlineData("prune MODEL -o OUT --method l1 --amount 0.1 --data DATA")]
    [InlineData("prune MODEL -o OUT --method l1 --amount 0.1 --data DATA --recover 1")]
    [InlineData("prune MODEL -o OUT --channels --amount 0.1")]
    [InlineData("prune PRUNED -o OUT --remove")]
    [InlineData("prune PRUNED -o OUT --undo")]
    [InlineData("quantize MODEL -o OUT --data DATA")]
    [InlineData("quantize MODEL -o OUT --data DATA --verify random")]
    [InlineData("finetune MODEL -o run --data DATA --epochs 1")]
    public void A_written_model_has_what_was_given(string command)
    {
        using var folder = new TemporaryFolder();
        string data = ColourData.Write(folder, ColourData.Names);
        string model = ColourData.Write(folder, ColourData.Model), pruned = folder.File("pruned.espalier");
        Assert.Equal(ExitCode.Success, CliRun.Of("prune", model, "--method", "l1", "--amount", "0.1", "-o", pruned).Code);
        CliRun run = CliRun.Of([.. command.Split(' ').Select(word => word switch { "MODEL" => model, "PRUNED" => pruned, "OUT" => folder.File("out.espalier"), "run" => folder.File("run"), "DATA" => data, _ => word }), .. Given]);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Equal(Expected, ModelFile.Read(folder.File(command.Contains(" run ", StringComparison.Ordinal) ? "run/model.espalier" : "out.espalier")).Metadata.Preprocessing);
    }

    [Fact]
    public void Every_verb_that_writes_model_files_takes_a_preprocessing()
    {
        string[] begin = ["demo", "train", "degradation", "run", "explain", "report"]; // networks of their own, an array, and what is no model
        RootCommand root = Root.Create(new CliContext(new Terminal(TextWriter.Null, TextWriter.Null), default));
        Command[] writers = [.. root.Subcommands.Where(verb => verb.Options.Any(option => option.Aliases.Contains("-o")) || verb.Arguments.Any(argument => argument.Name == "OUT"))];
        Assert.Equal(["convert", "expand", "finetune", "fold", "prune", "quantize"], writers.Select(verb => verb.Name).Except(begin).Order());
        Assert.All(writers.Where(verb => !begin.Contains(verb.Name)), verb => Assert.Contains(verb.Options, option => option.Name == "--mean"));
    }

    [Fact]
    public void Where_nothing_is_known_half_a_preprocessing_is_refused()
    {
        using var folder = new TemporaryFolder();
        string model = ColourData.Write(folder, ColourData.Model.With(ColourData.Model.Metadata with { Preprocessing = null }));
        foreach (string[] half in (string[][])[["--mean", "0,0,0"], ["--std", "1,1,1"], ["--crop", "16"]])
        {
            Assert.Contains("so both --mean and --std are required", CliRun.Of(["convert", model, folder.File("out.espalier"), .. half]).UserError(), StringComparison.Ordinal);
        }

        Assert.Equal(ExitCode.Success, CliRun.Of("convert", model, folder.File("out.espalier"), "--mean", "0,0,0", "--std", "1,1,1").Code);
    }

    [Fact]
    public void Weights_alone_cannot_hold_a_preprocessing()
    {
        using var folder = new TemporaryFolder();
        string model = ColourData.Write(folder, ColourData.Model);
        Assert.Contains("only a model file (.espalier) or an ONNX network (.onnx) can contain preprocessing", CliRun.Of(["convert", model, folder.File("out.pth"), .. Given]).UserError(), StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("out.pth")));
    }

    [Fact]
    public void What_does_not_fit_the_network_is_refused_before_anything_is_written()
    {
        using var folder = new TemporaryFolder();
        string model = ColourData.Write(folder, ColourData.Model);
        foreach (string[] command in (string[][])[["fold", model, "-o", folder.File("out.espalier")], ["convert", model, folder.File("out.espalier")], ["prune", model, "--method", "l1", "--amount", "0.1", "-o", folder.File("out.espalier")]])
        {
            Assert.Contains("are not 3 numbers each", CliRun.Of([.. command, "--mean", "0.5"]).UserError(), StringComparison.Ordinal);
            Assert.False(File.Exists(folder.File("out.espalier")));
        }
    }
}
