namespace Espalier.Cli.Tests;

public class HelpTests
{
    [Theory]
    [InlineData("demo")]
    [InlineData("models")]
    [InlineData("devices")]
    [InlineData("summary")]
    [InlineData("fetch")]
    [InlineData("inspect")]
    [InlineData("classify")]
    [InlineData("explain")]
    [InlineData("evaluate")]
    [InlineData("train")]
    [InlineData("finetune")]
    [InlineData("degradation")]
    [InlineData("convert")]
    [InlineData("fold")]
    [InlineData("expand")]
    [InlineData("prune")]
    [InlineData("quantize")]
    [InlineData("sensitivity")]
    [InlineData("history")]
    [InlineData("compare")]
    [InlineData("report")]
    [InlineData("bench")]
    [InlineData("run")]
    public void Every_verb_explains_itself_with_examples(string verb)
    {
        CliRun run = CliRun.Of(verb, "--help");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("Examples:", run.Out, StringComparison.Ordinal);
        Assert.Contains($"  espalier {verb}", run.Out, StringComparison.Ordinal);
        Assert.Contains("--json", run.Out, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    public void Without_arguments_the_verbs_are_listed()
    {
        CliRun run = CliRun.Of();

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("evaluate", run.Out, StringComparison.Ordinal);
        Assert.Contains("espalier demo", run.Out, StringComparison.Ordinal);
        Assert.Contains("  summary <MODEL>  ", run.Out, StringComparison.Ordinal); // and not the names of all networks that complete it
        Assert.DoesNotContain(run.Out.Split('\n'), line => line.Length > 600);
    }

    [Fact(DisplayName = "Faults: espalier help, and help VERB, are --help")]
    public void Help_is_a_verb_too()
    {
        Assert.Equal(CliRun.Of("--help"), CliRun.Of("help"));
        Assert.Equal(CliRun.Of("classify", "--help"), CliRun.Of("help", "classify"));
        Assert.Contains("unknown verb 'clasify'; did you mean classify", CliRun.Of("help", "clasify").UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_of_a_verb_needs_no_valid_arguments() =>
        Assert.Equal(ExitCode.Success, CliRun.Of("evaluate", "--threads", "none", "--help").Code);

    [Fact]
    public void The_version_is_printed() => Assert.StartsWith("0.", CliRun.Of("--version").Out, StringComparison.Ordinal);
}
