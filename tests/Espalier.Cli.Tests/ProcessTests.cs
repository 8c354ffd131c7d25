using System.Diagnostics;
using System.Globalization;

namespace Espalier.Cli.Tests;

/// <summary>What only a real process shows: exit codes, pipes and signals.</summary>
public class ProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // a loaded machine may take long to start a process
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "espalier.dll");

    [Fact]
    public async Task Exit_codes_reach_the_shell()
    {
        Assert.Equal(ExitCode.Success, (await Run("dotnet", Program, "--version")).Code);
        (int code, string output, string error) = await Run("dotnet", Program, "summary", "resnet5o");

        Assert.Equal(ExitCode.UserError, code);
        Assert.Empty(output);
        Assert.StartsWith("espalier: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_that_is_closed_early_ends_quietly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a POSIX shell");

        (_, string output, string error) = await Run("sh", "-c", $"dotnet '{Program}' summary resnet152 --nodes | head -n 2");

        Assert.Equal(2, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Empty(error);
    }

    [Fact]
    public async Task Ctrl_C_ends_with_130_and_no_stack_trace()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "looks into /proc and sends a POSIX signal");
        using Process process = Start("dotnet", Program, "bench", TinyData.Network, "--repeat", "1000000", "--json");
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!process.HasExited && process.TotalProcessorTime < TimeSpan.FromSeconds(1.5))
        {
            await Task.Delay(50, TestContext.Current.CancellationToken); // until it certainly measures
        }

        Assert.False(process.HasExited);
        Assert.SkipWhen(IgnoresInterrupts(process.Id), "this test run was started with SIGINT ignored, which its children inherit");
        Assert.Equal(0, (await Run("sh", "-c", $"kill -INT {process.Id}")).Code);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Interrupted, process.ExitCode);
        Assert.Empty(await output);
        Assert.Empty(await error);
    }

    [Fact]
    public async Task A_training_killed_again_and_again_ends_with_the_same_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "kills a process by its number");
        using var whole = new TemporaryFolder();
        using var killed = new TemporaryFolder();
        string[] options = ["--epochs", "6", "--checkpoint-steps", "1", "--ema", "0.9"];
        Assert.Equal(ExitCode.Success, CliRun.Of(TrainVerbTests.Arguments(whole, options)).Code);
        string[] arguments = [Program, .. TrainVerbTests.Arguments(killed, [.. options, "--resume"])];
        int seed = Environment.TickCount;
        var random = new Random(seed);
        int interrupted = 0;
        for (int attempt = 0; attempt < 40 && interrupted < 4; attempt++)
        {
            using Process process = Start("dotnet", arguments);
            string before = LastWrite(killed);
            while (!process.HasExited && LastWrite(killed) == before)
            {
                await Task.Delay(5, TestContext.Current.CancellationToken); // until it has got further
            }

            await Task.Delay(random.Next(60), TestContext.Current.CancellationToken);
            interrupted += process.HasExited ? 0 : 1;
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        }

        (int code, _, string error) = await Run("dotnet", arguments);
        Assert.True(code == ExitCode.Success, error);
        Assert.True(interrupted > 0, "the training was over before it could be killed");
        Assert.True(File.ReadAllBytes(whole.File("run/model.espalier")).AsSpan().SequenceEqual(File.ReadAllBytes(killed.File("run/model.espalier"))), $"the models differ; seed {seed}");
        Assert.Empty(Directory.GetFiles(killed.File("run"), ".*.tmp"));
    }

    [Fact]
    public async Task A_checkpoint_that_does_not_fit_on_the_disk_leaves_the_old_one_whole()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "limits file sizes through the shell");
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        string[] arguments = TrainVerbTests.Arguments(folder, "--epochs", "1");
        Assert.Equal(ExitCode.Interrupted, CliRun.Until(stop.Token, arguments).Code);
        byte[] before = File.ReadAllBytes(folder.File("run/checkpoint.espalier"));

        string command = string.Join(' ', arguments.Append("--resume").Select(argument => $"'{argument}'"));
        // 64 blocks of 512 bytes; without W^X, whose shared memory would count as a file.
        (int code, _, string error) = await Run("sh", "-c", $"trap '' XFSZ; ulimit -f 64; DOTNET_EnableWriteXorExecute=0 dotnet '{Program}' {command}");

        Assert.True(code == ExitCode.UserError, error);
        Assert.Contains("cannot write", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder.File("run/checkpoint.espalier")));
        Assert.Empty(Directory.GetFiles(folder.File("run"), ".*.tmp"));
        Assert.Equal(ExitCode.Success, CliRun.Of([.. arguments, "--resume"]).Code);
    }

    private static string LastWrite(TemporaryFolder folder)
    {
        string path = folder.File("run/checkpoint.espalier");
        return File.Exists(path) ? File.GetLastWriteTimeUtc(path).Ticks.ToString(CultureInfo.InvariantCulture) : "";
    }

    private static async Task<(int Code, string Out, string Error)> Run(string file, params string[] args)
    {
        using Process process = Start(file, args);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(string file, params string[] args) => Process.Start(new ProcessStartInfo(file, args)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!;

    /// <summary>Whether bit SIGINT − 1 is set in the mask of ignored signals.</summary>
    private static bool IgnoresInterrupts(int process)
    {
        string line = File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return (ulong.Parse(line["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 2) != 0;
    }
}
