namespace Espalier.Cli.Tests.Terminals;

/// <summary>Every verb with a standard stream that is redirected, closed or full.</summary>
public sealed class StreamTests(Workplace files)
{
    public static TheoryData<string> Verbs => VerbCase.Names(@case => !@case.IsSlow);

    [Theory, MemberData(nameof(Verbs))]
    public async Task Messages_that_cannot_be_written_cost_no_answer(string verb)
    {
        FullRun.RequireOneOf(3, $"messages {verb}");
        Shell.Require("script");
        Transcript expected = await Printed(verb, "");
        Transcript[] printed = await Task.WhenAll(((string[])["2>&-", "2>/dev/full", "2>&- <&-"]).Select(redirection => Printed(verb, redirection)));
        Assert.All(printed, each => Assert.Equal(expected.WithoutNumbers, each.WithoutNumbers));
    }

    [Theory, MemberData(nameof(Verbs))]
    public async Task Answers_that_cannot_be_written_are_one_line_and_code_2(string verb)
    {
        FullRun.RequireOneOf(3, $"answers {verb}");
        Shell.Require("script");
        string[] redirections = [">&-", ">/dev/full", ">&- <&-"];
        CliRun[] runs = await Task.WhenAll(redirections.Select(redirection => Shell.Run($"{Shell.Program(VerbCase.Of(verb).Arguments(files, files.Unused()))} {redirection}")));
        foreach (CliRun run in runs)
        {
            Assert.Equal(ExitCode.UserError, run.Code);
            string line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.StartsWith("warning: ", StringComparison.Ordinal) && !line.StartsWith("note: ", StringComparison.Ordinal));
            Assert.StartsWith("espalier: standard output cannot be written: ", line, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Verbs))]
    public async Task What_is_redirected_in_a_terminal_is_what_a_pipe_gets(string verb)
    {
        FullRun.RequireOneOf(3, $"what {verb}");
        Shell.Require("script");
        Transcript expected = await Printed(verb, "");
        string file = $"{files.Unused()}.txt";

        string folder = files.Unused();
        CliRun run = await Shell.RunInTerminal(60, $"{Shell.Program(VerbCase.Of(verb).Arguments(files, folder))} >{file}");
        Assert.True(run.Code == ExitCode.Success, run.Out);
        Assert.Equal(expected.WithoutNumbers, new Transcript(File.ReadAllText(file), folder).WithoutNumbers);

        run = await Shell.RunInTerminal(60, $"{Shell.Program(VerbCase.Of(verb).Arguments(files, files.Unused()))} 2>{file}");
        Assert.True(run.Code == ExitCode.Success, run.Out);
        Assert.DoesNotContain('\e', File.ReadAllText(file));
    }

    [Fact]
    public async Task With_all_streams_closed_nothing_is_written_anywhere()
    {
        Shell.Require("script");
        string folder = files.Unused();
        CliRun run = await Shell.Run($"{Shell.Program(["convert", files.Model, $"{folder}.espalier"])} <&- >&- 2>&-");
        Assert.Equal(ExitCode.UserError, run.Code);
        Assert.Empty(run.Out + run.Error);
        Assert.True(Formats.ModelFile.Read($"{folder}.espalier").Parameters.Count > 0); // whole, without a message in it
    }

    private async Task<Transcript> Printed(string verb, string redirection)
    {
        string folder = files.Unused();
        CliRun run = await Shell.Run($"{Shell.Program(VerbCase.Of(verb).Arguments(files, folder))} {redirection}");
        Assert.True(run.Code == ExitCode.Success, $"{verb} {redirection}: code {run.Code}: {run.Error}");
        return new Transcript(run.Out, folder);
    }
}
