using Espalier.Cli.Tests.Terminals;

namespace Espalier.Cli.Tests;

/// <summary>The completion of command lines, through the function that bash calls.</summary>
public class CompletionTests
{
    [Fact]
    public async Task Bash_completes_verbs_options_networks_words_and_files()
    {
        Shell.Require("bash");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("weights.pth"), "");
        File.WriteAllText(folder.File("wanted.txt"), "");
        Directory.CreateDirectory(folder.File("weather/deep"));
        (string Line, string[] Words)[] cases =
        [
            ("espalier eva", ["evaluate"]),
            ("espalier classify densenet1", ["densenet121", "densenet161", "densenet169"]),
            ("espalier evaluate m.espalier --inter", ["--interpolation"]),
            ("espalier classify resnet18 --interpolation bi", ["bicubic", "bilinear"]),
            ("espalier train cifar_resnet20 --unreadable s", ["skip", "stop"]),
            ("espalier convert we", ["weather/", "weights.pth"]),
            ("espalier convert weights.pth out.espalier --model vgg11_", ["vgg11_bn"]),
            ("espalier inspect weather/", ["weather/deep/"]),
            ("espalier classify resnet18 --weights wan", ["wanted.txt"]),
            ("/usr/local/bin/espalier completion z", ["zsh"]),
        ];
        string script = folder.File("script.sh");
        File.WriteAllText(script, $$"""
            espalier() { {{Shell.Program([])}} "$@"; }
            function /usr/local/bin/espalier { espalier "$@"; }
            source <(espalier completion bash) || exit 1
            complete -p espalier
            cd {{Shell.Quoted(folder.Path)}}
            ask() {
              COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=($1) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
              [[ $1 == *' ' ]] && { COMP_CWORD=${#COMP_WORDS[@]}; COMP_WORDS+=(''); }
              COMPREPLY=()
              _espalier
              (IFS=' '; echo "${COMPREPLY[*]}")
            }
            {{string.Join('\n', cases.Select(each => $"ask {Shell.Quoted(each.Line)}"))}}
            """);

        CliRun run = await Shell.Run($"bash {Shell.Quoted(script)}");

        Assert.True(run.Code == ExitCode.Success, run.Error);
        string[] lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.Equal("complete -F _espalier espalier", lines[0]);
        Assert.Equal(cases.Select(each => $"{each.Line}: {string.Join(' ', each.Words)}"), cases.Zip(lines.Skip(1), (each, line) => $"{each.Line}: {line}"));
    }

    [Theory]
    [InlineData("espalier eva", "evaluate")]
    [InlineData("espalier evaluate m.espalier --inter", "--interpolation")]
    [InlineData("espalier train cifar_resnet20 --unreadable s", "skip stop")]
    [InlineData("espalier convert we", "weather/ weights.pth")]
    public async Task Fish_completes_too(string line, string words)
    {
        Shell.Require("fish");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("weights.pth"), "");
        Directory.CreateDirectory(folder.File("weather"));
        string script = $"function espalier; {Shell.Program([])} $argv; end; espalier completion fish | source; complete -C '{line}'";

        CliRun run = await Shell.Run($"cd {Shell.Quoted(folder.Path)} && HOME={Shell.Quoted(folder.Path)} fish -c {Shell.Quoted(script)}");

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Equal(words.Split(' '), run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("bash", "complete -F _espalier espalier")]
    [InlineData("zsh", "compdef _espalier espalier")]
    [InlineData("fish", "complete -c espalier")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public void Every_shell_has_a_script(string shell, string registration)
    {
        CliRun run = CliRun.Of("completion", shell);

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains(registration, run.Out, StringComparison.Ordinal);
        Assert.Contains("[suggest:", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_shells_are_refused_by_name() => Assert.Contains("'tcsh'", CliRun.Of("completion", "tcsh").UserError(), StringComparison.Ordinal);

    [Fact]
    public void The_verb_explains_itself() => Assert.Contains("  espalier completion bash", CliRun.Of("completion", "--help").Out, StringComparison.Ordinal);
}
