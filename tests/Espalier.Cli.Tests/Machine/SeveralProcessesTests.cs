using System.Diagnostics;
using System.Security.Cryptography;
using Espalier.Formats;
using Espalier.Graphs;

namespace Espalier.Cli.Tests.Machine;

/// <summary>Trainings by the processes of mpiexec, more of them than processors.</summary>
public sealed class SeveralProcessesTests
{
    private static readonly string[] s_training = ["train", "cifar_resnet8", "--data", "shapes", "--side", "8", "--epochs", "2", "--batch", "256", "--threads", "1", "--seed", "3"];

    [Fact]
    public async Task One_two_and_four_processes_write_the_same_model()
    {
        Child.RequireMpi();
        using var folder = new TemporaryFolder();
        string[] parts = ["--parts", "4", "--sync-bn"];
        CliRun alone = await Child.Run([.. s_training, .. parts, "-o", folder["one"]]);
        Assert.True(alone.Code == 0, alone.Error);
        foreach (int count in new[] { 2, 4 })
        {
            string to = folder[$"of{count}"];
            using Child child = Child.StartSeveral(count, [.. s_training, .. parts, "-o", to]);
            CliRun run = await child.End();
            Assert.True(run.Code == 0, run.Error);
            Assert.Single(run.Out.Split('\n'), line => line.StartsWith("data ", StringComparison.Ordinal)); // one of them prints
            Assert.Equal(Weights(folder["one"]), Weights(to));
        }
    }

    [Fact]
    public async Task Three_processes_train_and_two_go_on()
    {
        Child.RequireMpi();
        FullRun.RequireOneOf(3, "processes Three_processes_train_and_two_go_on");
        using var folder = new TemporaryFolder();
        using Child three = Child.StartSeveral(3, [.. s_training, "--sync-bn", "-o", folder["run"]]);
        CliRun run = await three.End();
        Assert.True(run.Code == 0, run.Error);
        using Child two = Child.StartSeveral(2, Once([.. s_training, "--sync-bn", "-o", folder["run"], "--resume"]));
        CliRun refused = await two.End();
        Assert.NotEqual(0, refused.Code);
        Assert.Contains("parts '3', this one has '2'", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_process_ends_all_and_the_checkpoint_goes_on()
    {
        Child.RequireMpi();
        FullRun.RequireOneOf(3, "processes A_killed_process_ends_all_and_the_checkpoint_goes_on");
        using var folder = new TemporaryFolder();
        string[] training = [.. s_training, "--epochs", "30", "--parts", "4"];
        string[] one = [.. training, "-o", folder["whole"]];
        CliRun whole = await Child.Run(Once(one));
        Assert.True(whole.Code == 0, whole.Error);
        string[] killed = Once([.. training, "-o", folder["killed"]]);
        using (Child child = Child.StartSeveral(4, killed))
        {
            await child.Wait(() => File.Exists(Path.Combine(folder["killed"], "checkpoint.espalier")), TimeSpan.Zero);
            Process victim = Descendants(folder["killed"]).Last();
            victim.Kill();
            CliRun run = await child.End();
            Assert.NotEqual(0, run.Code);
            Assert.Matches("Killed \\(signal 9\\)|espalier: .*MPI: ", run.Out + run.Error); // MPICH's report of it, or that of a process that lost it first
        }

        Assert.Empty(Descendants(folder["killed"]));
        using Child again = Child.StartSeveral(2, [.. killed, "--resume"]);
        CliRun resumed = await again.End();
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.Equal(Weights(folder["whole"]), Weights(folder["killed"]));
    }

    [Fact]
    public async Task Processes_with_other_settings_are_refused_by_name()
    {
        Child.RequireMpi();
        using var folder = new TemporaryFolder();
        string[] training = [.. s_training, "-o", folder["run"]];
        using Child child = Child.StartSeveral(2, training, (1, [.. training, "--lr", "0.5"]));
        CliRun run = await child.End();
        Assert.NotEqual(0, run.Code);
        Assert.Contains("has learning_rate '0.5', process 0 on", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, Errors(run));
    }

    [Fact]
    public async Task Processes_that_disagree_on_synchronized_norms_are_refused_too()
    {
        Child.RequireMpi();
        using var folder = new TemporaryFolder();
        string[] training = [.. s_training, "-o", folder["run"]];
        using Child child = Child.StartSeveral(2, training, (1, [.. training, "--sync-bn"]));
        CliRun run = await child.End();
        Assert.NotEqual(0, run.Code);
        Assert.Contains("has norms 'of the whole batch', process 0 on", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, Errors(run));
    }

    [Fact]
    public async Task A_signal_to_one_process_stops_all_with_a_checkpoint()
    {
        Child.RequireMpi();
        FullRun.RequireOneOf(3, "processes A_signal_to_one_process_stops_all_with_a_checkpoint");
        using var folder = new TemporaryFolder();
        using Child child = Child.StartSeveral(2, Once([.. s_training, "--epochs", "500", "-o", folder["run"]]));
        await child.Wait(() => File.Exists(Path.Combine(folder["run"], "checkpoint.espalier")), TimeSpan.Zero);
        using (Process kill = Process.Start("kill", ["-TERM", Descendants(folder["run"])[^1].Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        CliRun run = await child.End();
        Assert.NotEqual(0, run.Code);
        Assert.Equal(0, Errors(run));
        Assert.Contains("Resume with:\n  mpiexec -n 2 espalier train", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_clear_error_where_one_process_has_no_data()
    {
        Child.RequireMpi();
        using var folder = new TemporaryFolder();
        string[] training = [.. s_training, "-o", folder["run"]];
        using Child child = Child.StartSeveral(2, training, (1, [.. training.Select(word => word == "shapes" ? folder["nothing"] : word)]));
        CliRun run = await child.End();
        Assert.NotEqual(0, run.Code);
        Assert.Contains("espalier: process 1 on ", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, Errors(run));
    }

    [Fact]
    public async Task A_full_disk_ends_all_processes_with_one_error()
    {
        Child.RequireMpi();
        FullRun.RequireOneOf(3, "processes A_full_disk_ends_all_processes_with_one_error");
        using var disk = new SmallDisk();
        disk.Fill(left: 1 << 15);
        using Child child = Child.StartSeveral(2, [.. s_training, "-o", Path.Combine(disk.Path, "run")]);
        CliRun run = await child.End();
        Assert.NotEqual(0, run.Code);
        Assert.True(Errors(run) == 1, run.Error);
    }

    [Fact]
    public async Task Ctrl_C_is_answered_by_all()
    {
        Child.RequireMpi();
        FullRun.RequireOneOf(3, "processes Ctrl_C_is_answered_by_all");
        Child.RequireInterrupts();
        using var folder = new TemporaryFolder();
        using Child child = Child.StartSeveral(2, Once([.. s_training, "--epochs", "500", "-o", folder["run"]]));
        await child.Wait(() => File.Exists(Path.Combine(folder["run"], "checkpoint.espalier")), TimeSpan.Zero);
        child.Signal("INT");
        CliRun run = await child.End();
        Assert.Contains("Resume with:\n  mpiexec -n 2 espalier train", run.Error, StringComparison.Ordinal);
        Assert.Empty(Descendants(folder["run"]));
        WholeFiles.Require(folder["run"], "after Ctrl-C");
    }

    // The last of repeated options counts for the test, not for the program.
    private static string[] Once(string[] arguments)
    {
        var kept = new List<string>();
        for (int i = 0; i < arguments.Length; i++)
        {
            bool repeated = arguments[i].StartsWith("--", StringComparison.Ordinal) && Array.IndexOf(arguments, arguments[i], i + 1) > i;
            if (repeated)
            {
                i++;
            }
            else
            {
                kept.Add(arguments[i]);
            }
        }

        return [.. kept];
    }

    private static string Weights(string folder)
    {
        Model model = ModelFile.Read(Path.Combine(folder, "model.espalier"));
        return string.Join('\n', model.Parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal).Select(Line));
    }

    private static string Line(KeyValuePair<string, Parameter> parameter) => $"{parameter.Key} {Convert.ToHexString(SHA256.HashData(parameter.Value.Value.Bytes.Span))}";

    private static int Errors(CliRun run) => run.Error.Split('\n').Count(line => line.StartsWith("espalier: ", StringComparison.Ordinal));

    /// <summary>The processes of the program that write to a folder.</summary>
    private static Process[] Descendants(string folder) => [.. Process.GetProcessesByName("dotnet").Where(process => CommandLine(process).Contains(folder, StringComparison.Ordinal)).OrderBy(process => process.Id)];

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
