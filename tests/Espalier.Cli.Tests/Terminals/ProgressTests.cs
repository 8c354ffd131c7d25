using System.Runtime.InteropServices;

namespace Espalier.Cli.Tests.Terminals;

/// <summary>What a screen shows while a bar moves, and after Ctrl-C.</summary>
public sealed class ProgressTests(Workplace files)
{
    public static TheoryData<string> Animated => VerbCase.Names(@case => @case.Lasting is not null);

    [Theory, MemberData(nameof(Animated))]
    public async Task One_bar_moves_and_Ctrl_C_leaves_a_clean_screen(string verb)
    {
        Shell.Require("tmux");
        VerbCase @case = VerbCase.Of(verb);
        await using TmuxScreen screen = await TmuxScreen.Run(80, Shell.Program(@case.Lasting!(files, files.Unused())));
        string first = (await screen.Until(HasBar)).First(IsBar);

        string[] lines = await screen.Until(lines => lines.Any(line => IsBar(line) && line != first)); // past its first update
        string bar = Assert.Single(lines, IsBar);
        Assert.Matches("^[^ ].*[^ ] ━{10} +[0-9]+%( [0-9:-]+)?$", bar);
        Assert.All(lines[(Array.IndexOf(lines, bar) + 1)..], Assert.Empty); // nothing below it

        await screen.Interrupt();
        lines = await screen.Until(lines => lines.Any(line => line.StartsWith("code ", StringComparison.Ordinal)));
        string text = string.Join('\n', lines);
        Assert.True(lines[^1] == $"code {ExitCode.Interrupted}", text);
        Assert.DoesNotContain(lines, HasPieceOfBar);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("internal error", text, StringComparison.Ordinal);
        Assert.True(await screen.ShowsCursor(), "the cursor is hidden");
        if (@case.GoesOn)
        {
            Assert.Single(lines, line => line.StartsWith("note: interrupted in epoch ", StringComparison.Ordinal));
            Assert.Single(lines, line => line.StartsWith($"  espalier {verb.ToLowerInvariant()} ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_bar_follows_the_window_and_gives_the_cursor_back_while_it_is_stopped()
    {
        Shell.Require("tmux");
        VerbCase train = VerbCase.Of("Train");
        await using TmuxScreen screen = await TmuxScreen.Run(120, Shell.Program(train.Lasting!(files, files.Unused())));
        await screen.Until(HasBar);
        await screen.Resize(60);
        string bar = (await screen.Until(lines => lines.Any(line => IsBar(line) && line.Count(letter => letter == '━') == 10))).Last(IsBar);
        Assert.InRange(bar.Length, 20, 60);
        Assert.Single(await screen.Until(lines => lines.Count(IsBar) == 1), IsBar); // what the smaller window tore is gone
        await screen.Resize(120);
        await screen.Until(lines => lines.Count(IsBar) == 1 && lines.Single(IsBar).Count(letter => letter == '━') == 40);
    }

    [Theory]
    [InlineData("HUP", 129)]
    [InlineData("TERM", 143)]
    public async Task A_signal_lets_a_training_write_its_checkpoint(string signal, int code)
    {
        Shell.Require("script");
        string folder = files.Unused();
        string train = Shell.Program(VerbCase.Of("Train").Lasting!(files, folder));
        CliRun run = await Shell.Run($"{train} >/dev/null & while ! [ -e {folder}/training.lock ]; do sleep 0.1; done; sleep 1; kill -{signal} $!; wait $!");
        Assert.True(run.Code == code, $"{run.Code}: {run.Error}");
        Assert.Contains("note: interrupted in epoch ", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists($"{folder}/checkpoint.espalier"));
    }

    [Fact]
    public void Every_signal_has_the_code_that_shells_give_it() => // background jobs of a shell ignore SIGINT and SIGQUIT, so the test above cannot send those
        Assert.Equal([129, 130, 131, 143], ((PosixSignal[])[PosixSignal.SIGHUP, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGTERM]).Select(ExitCode.Of));

    private static bool HasBar(string[] lines) => lines.Any(IsBar);

    private static bool IsBar(string line) => line.Contains('━', StringComparison.Ordinal);

    private static bool HasPieceOfBar(string line) => line.AsSpan().ContainsAny("━╸╺");
}
