using System.Diagnostics;

namespace Espalier.Cli.Tests.Machine;

/// <summary>Verbs that the processes of mpiexec share, and those that they do not.</summary>
public sealed class SharedVerbsTests
{
    [Theory]
    [InlineData("evaluate", 2)]
    [InlineData("quantize", 3)]
    [InlineData("sensitivity", 2)]
    [InlineData("classify", 3)]
    public async Task Several_processes_print_and_write_once_what_one_does(string verb, int count)
    {
        Child.RequireMpi();
        FullRun.RequireOneOf(3, $"shared verb {verb}");
        using var folder = new TemporaryFolder();
        string data = verb == "classify" ? TinyData.WriteFolders(folder, 11) : TinyData.WriteCifar(folder, 45);
        (string[] words, string[] files) = verb switch
        {
            "evaluate" => ((string[])["--data", data, "--csv", "FOLDER/a.csv", "--confusion", "FOLDER/b.csv"], (string[])["a.csv", "b.csv"]),
            "quantize" => (["--data", data, "--images", "20", "--csv", "FOLDER/a.csv", "-o", "FOLDER/b.espalier"], ["a.csv", "b.espalier"]),
            "sensitivity" => (["--data", data, "--samples", "20", "--by", "group", "--amounts", "0.5", "--csv", "FOLDER/a.csv"], ["a.csv"]),
            _ => ([data, "--csv", "FOLDER/a.csv"], ["a.csv"]),
        };
        string[] Arguments(string to) => [verb, "cifar_resnet8", "--threads", "1", "--batch", "4", .. words.Select(word => word.Replace("FOLDER", folder[to], StringComparison.Ordinal))];
        Directory.CreateDirectory(folder["one"]);
        Directory.CreateDirectory(folder["all"]);
        CliRun alone = await Child.Run(Arguments("one"));
        Assert.True(alone.Code == 0, alone.Error);
        using Child child = Child.StartSeveral(count, Arguments("all"));
        CliRun run = await child.End();
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(Lines(alone.Out, folder["one"]), Lines(run.Out, folder["all"]));
        Assert.Equal(alone.Error, run.Error);
        foreach (string file in files)
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder["one"], file)), File.ReadAllBytes(Path.Combine(folder["all"], file)));
        }
    }

    [Fact]
    public async Task Processes_with_another_model_are_refused_by_name()
    {
        Child.RequireMpi();
        using var folder = new TemporaryFolder();
        string[] arguments = ["evaluate", "cifar_resnet8", "--data", TinyData.WriteCifar(folder, 20)];
        using Child child = Child.StartSeveral(2, arguments, (1, [.. arguments, "--seed", "1"]));
        CliRun run = await child.End();
        Assert.NotEqual(0, run.Code);
        Assert.Contains("has model '", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, Errors(run));
    }

    [Fact]
    public async Task A_process_without_data_ends_all_with_one_error()
    {
        Child.RequireMpi();
        FullRun.RequireOneOf(3, "shared verb A_process_without_data_ends_all_with_one_error");
        using var folder = new TemporaryFolder();
        string[] arguments = ["evaluate", "cifar_resnet8", "--data", TinyData.WriteCifar(folder, 20)];
        using Child child = Child.StartSeveral(2, arguments, (1, [.. arguments[..^1], folder["nothing"]]));
        CliRun run = await child.End();
        Assert.NotEqual(0, run.Code);
        Assert.Contains("espalier: process 1 on ", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, Errors(run));
    }

    [Fact]
    public async Task A_signal_to_one_process_ends_all()
    {
        Child.RequireMpi();
        FullRun.RequireOneOf(3, "shared verb A_signal_to_one_process_ends_all");
        using var folder = new TemporaryFolder();
        string data = TinyData.WriteCifar(folder, 20);
        using Child child = Child.StartSeveral(2, ["sensitivity", "cifar_resnet110", "--data", data, "--threads", "1"]); // takes minutes
        Process[] processes = [];
        await child.Wait(() => (processes = Of(data)).Length == 2, TimeSpan.FromSeconds(5));
        using (Process kill = Process.Start("kill", ["-TERM", processes[^1].Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        CliRun run = await child.End();
        Assert.NotEqual(0, run.Code);
        Assert.Equal(0, Errors(run));
        Assert.Empty(Of(data));
    }

    [Fact]
    public async Task Verbs_that_share_nothing_are_refused_once_and_help_is_not()
    {
        Child.RequireMpi();
        using var folder = new TemporaryFolder();
        using Child refused = Child.StartSeveral(3, ["convert", "cifar_resnet8", "-o", folder["new.espalier"]]);
        CliRun run = await refused.End();
        Assert.Equal(ExitCode.UserError, run.Code);
        Assert.Contains("espalier: 'convert' does not share its work, so each of the 3 processes would do all of it", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, Errors(run));
        Assert.False(File.Exists(folder["new.espalier"]));
        using Child help = Child.StartSeveral(2, ["convert", "--help"]);
        Assert.Equal(0, (await help.End()).Code);
        using Child one = Child.StartSeveral(1, ["summary", "cifar_resnet8"]);
        Assert.Equal(0, (await one.End()).Code);
    }

    private static string[] Lines(string text, string folder) => [.. text.Replace(folder, "", StringComparison.Ordinal).Split('\n').Where(line => !line.StartsWith("time ", StringComparison.Ordinal))];

    private static int Errors(CliRun run) => run.Error.Split('\n').Count(line => line.StartsWith("espalier: ", StringComparison.Ordinal));

    private static Process[] Of(string data) => [.. Process.GetProcessesByName("dotnet").Where(process => CommandLine(process).Contains(data, StringComparison.Ordinal)).OrderBy(process => process.Id)];

    private static string CommandLine(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
    }
}
