using Espalier.Cli.Tests.Terminals;

namespace Espalier.Cli.Tests.Machine;

/// <summary>Two processes that write to the same place: a folder of a training has one, a file is that of the last to end.</summary>
public sealed class WriterTests(Workplace files)
{
    [Theory]
    [InlineData("Train")]
    [InlineData("Finetune")]
    [InlineData("Degradation")]
    public async Task A_second_training_in_a_folder_is_refused_until_the_first_one_ends_and_no_longer(string verb)
    {
        Child.Require();
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        string[] arguments = VerbCase.Of(verb).Lasting!(files, run);
        string[] resumed = verb == "Degradation" ? arguments : [.. arguments, "--resume"];
        using Child first = Child.Start(arguments);
        await first.Wait(() => Directory.Exists(run) && Directory.EnumerateFiles(run, "history.csv", SearchOption.AllDirectories).Any(), TimeSpan.Zero);
        Assert.False(first.HasExited);

        CliRun second = await Child.Run(resumed);
        Assert.Equal(ExitCode.UserError, second.Code);
        Assert.Contains("another training run uses the folder", second.Error, StringComparison.Ordinal);
        Assert.False(first.HasExited);

        await first.Kill(); // its lock ends with it
        string before = History(run);
        using Child third = Child.Start(resumed);
        await third.Wait(() => History(run).Length > before.Length, TimeSpan.Zero);
        Assert.False(third.HasExited, third.HasExited ? (await third.End()).Error : "");
        await third.Kill();
    }

    [Theory]
    [InlineData("convert to a compact model file")]
    [InlineData("convert to a checkpoint")]
    [InlineData("fold")]
    [InlineData("evaluate")]
    public async Task Several_writers_of_a_file_leave_a_whole_one(string name)
    {
        Child.Require();
        WritingCase @case = WritingCase.All[name];
        using var alone = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        Assert.Equal(ExitCode.Success, (await @case.Run(files, alone.Path)).Code);
        Child[] children = [.. Enumerable.Range(0, 4).Select(_ => @case.Start(files, folder.Path))];
        foreach (Child child in children)
        {
            CliRun run = await child.End();
            Assert.True(run.Code == ExitCode.Success, run.Error);
            child.Dispose();
        }

        WholeFiles.RequireNoneTemporary(folder.Path, "");
        Assert.All(@case.Files, file => Assert.Equal(File.ReadAllBytes(alone[file]), File.ReadAllBytes(folder[file])));
    }

    [Fact]
    public async Task A_second_download_of_a_file_is_refused_and_the_first_one_ends()
    {
        Child.Require();
        WritingCase @case = WritingCase.All["fetch"];
        using var folder = new TemporaryFolder();
        var end = new TaskCompletionSource();
        using var server = new FileServer(Workplace.PublishedContent) { End = end.Task };
        string[] arguments = ["fetch", Workplace.Published, "--mirror", server.Address, "--cache", folder.Path];
        using Child first = Child.Start(arguments);
        await first.Wait(() => WholeFiles.HasTemporary(folder.Path), TimeSpan.Zero);
        CliRun second = await Child.Run(arguments);
        Assert.Equal(ExitCode.UserError, second.Code);
        Assert.Contains("another process is downloading", second.Error, StringComparison.Ordinal);
        Assert.False(first.HasExited);
        end.SetResult();
        Assert.Equal(ExitCode.Success, (await first.End()).Code);
        Assert.Equal(Workplace.PublishedContent, File.ReadAllBytes(folder[$"{Workplace.Published}.pth"]));

        File.Delete(folder[$"{Workplace.Published}.pth"]);
        using (new FileStream(folder[$"{Workplace.Published}.pth.part"], FileMode.Create, FileAccess.Write, FileShare.None))
        {
            CliRun third = await @case.Run(files, folder.Path);
            Assert.Equal(ExitCode.UserError, third.Code);
            Assert.Contains("another process is downloading", third.Error, StringComparison.Ordinal);
        }

        Assert.Equal(ExitCode.Success, (await @case.Run(files, folder.Path)).Code);
    }

    private static string History(string run) =>
        string.Concat(Directory.EnumerateFiles(run, "history.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText));
}
