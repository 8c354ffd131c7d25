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

    private static bool HasBar(string[] lines) => lines.Any(IsBar);

    private static bool IsBar(string line) => line.Contains('━', StringComparison.Ordinal);

    private static bool HasPieceOfBar(string line) => line.AsSpan().ContainsAny("━╸╺");
}
