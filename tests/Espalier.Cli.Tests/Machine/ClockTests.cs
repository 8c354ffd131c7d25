using System.Globalization;
using Espalier.Cli.Tests.Terminals;

namespace Espalier.Cli.Tests.Machine;

/// <summary>Times of files and a clock that went back do not decide anything.</summary>
public sealed class ClockTests(Workplace files)
{
    [Theory]
    [InlineData(1971)]
    [InlineData(2199)]
    public void A_training_resumes_from_its_checkpoint_whatever_the_times_of_its_files(int year)
    {
        using var whole = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        Assert.Equal(ExitCode.Success, CliRun.Of(Arguments(whole.Path)).Code);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Equal(ExitCode.Interrupted, CliRun.Until(stop.Token, Arguments(folder.Path)).Code);
        foreach (string file in Directory.EnumerateFiles(folder["run"]))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        Assert.Equal(ExitCode.Success, CliRun.Of([.. Arguments(folder.Path), "--resume"]).Code);
        Assert.Equal(File.ReadAllBytes(whole["run/model.espalier"]), File.ReadAllBytes(folder["run/model.espalier"]));
        string[][] rows = [.. File.ReadAllLines(folder["run/history.csv"]).Select(line => line.Split(','))];
        int seconds = Array.IndexOf(rows[0], "seconds");
        Assert.All(rows.Skip(1), row => Assert.True(double.Parse(row[seconds], CultureInfo.InvariantCulture) >= 0, string.Join(',', row)));
    }

    private string[] Arguments(string folder) =>
        ["train", Workplace.Network, "--data", files.Data, "-o", $"{folder}/run", "--epochs", "2", "--batch", "8", "--threads", "1", "--validation-share", "0.2"];
}
