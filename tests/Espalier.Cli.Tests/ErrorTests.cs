using System.CommandLine;

namespace Espalier.Cli.Tests;

public class ErrorTests
{
    [Theory]
    [InlineData("unknown verb 'sumary'; did you mean summary?", "sumary")]
    [InlineData("unknown option '--node'; did you mean --nodes or --norm?", "summary", "resnet18", "--node")]
    [InlineData("unexpected argument 'extra'", "summary", "resnet18", "extra")]
    [InlineData("resnet50", "summary", "resnet5o")]
    [InlineData("6n + 2", "summary", "cifar_resnet57")]
    [InlineData("missing.espalier", "summary", "missing.espalier")]
    [InlineData("missing.pth", "summary", "resnet18", "--weights", "missing.pth")]
    [InlineData("--threads takes an integer from 1 to 1024, found 'many'", "bench", "resnet18", "--threads", "many")]
    [InlineData("--batch takes an integer from 1 to 65536, found '0'", "bench", "resnet18", "--batch", "0")]
    [InlineData("--seed takes a non-negative integer, found '-1'", "demo", "--seed", "-1")]
    [InlineData("found '3x0x3'", "summary", "resnet18", "--input", "3x0x3")]
    [InlineData("--rename requires --weights", "summary", "resnet18", "--rename", "a=>b")]
    [InlineData("nowhere: no such file or folder", "classify", "resnet18", "nowhere")]
    [InlineData("'--data' is required", "evaluate", "resnet18")]
    [InlineData("nowhere: no such file or folder", "evaluate", "cifar_resnet20", "--data", "nowhere")]
    [InlineData("the extension '.tflite' is not a known format", "convert", "a.pth", "a.tflite")]
    [InlineData("nothing is published as 'resnet19'", "fetch", "resnet19")]
    [InlineData("give a name to download", "fetch")]
    [InlineData("--mirror takes an http or https address", "fetch", "resnet18", "--mirror", "ftp://example.org")]
    [InlineData("--data is empty", "evaluate", "resnet18", "--data", "")]
    [InlineData("MODEL is empty", "summary", "")]
    [InlineData("IMAGES is empty", "classify", "resnet18", "a.png", "")]
    [InlineData("--weights is empty", "summary", "resnet18", "--weights", "")]
    public void A_mistake_is_one_line_on_stderr_and_code_2(string expected, params string[] args) =>
        Assert.Contains(expected, CliRun.Of(args).UserError(), StringComparison.Ordinal);

    [Fact(DisplayName = "Faults: too little memory for a verb that has no --batch")]
    public void What_needs_less_memory_is_said_in_options_of_the_verb()
    {
        foreach (Command verb in Root.Create(new CliContext(new Terminal(TextWriter.Null, TextWriter.Null), default)).Subcommands)
        {
            using var error = new StringWriter();
            Assert.Equal(ExitCode.UserError, Failure.Report(new InsufficientMemoryException("too little"), new Terminal(TextWriter.Null, error), verb));
            Assert.Contains("; a smaller ", error.ToString(), StringComparison.Ordinal);
            Assert.All(error.ToString().Split(' ').Where(word => word.StartsWith("--", StringComparison.Ordinal)), word => Assert.Contains(verb.Options, option => option.Name == word));
        }
    }

    [Fact]
    public void A_checkpoint_in_place_of_a_model_file_is_explained()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("weights.safetensors");
        string model = TinyData.WriteModel(folder);
        Assert.Equal(ExitCode.Success, CliRun.Of("convert", model, weights).Code);

        string error = CliRun.Of("summary", weights).UserError();

        Assert.Contains("contains weights only; name the architecture", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_run_ends_with_130_and_prints_nothing()
    {
        CliRun run = CliRun.Until(new CancellationToken(canceled: true), "models");

        Assert.Equal(new CliRun(ExitCode.Interrupted, "", ""), run);
    }
}
