using System.Diagnostics;
using System.Globalization;

namespace Espalier.Cli.Tests.Machine;

/// <summary>The program in a process of its own, which can be killed.</summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4); // a loaded machine may take long to start a process
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "espalier.dll");

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private Child(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["NO_COLOR"] = "1";
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    internal bool HasExited => _process.HasExited;

    /// <summary>How long it ran, once its end was waited for.</summary>
    internal TimeSpan Duration { get; private set; }

    /// <summary>Starts a command line of the program.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="environment">Environment variables.</param>
    internal static Child Start(IEnumerable<string> arguments, params (string Name, string Value)[] environment) => With(new ProcessStartInfo("dotnet", [s_program, .. arguments]), environment);

    /// <summary>Starts the program in several processes that exchange numbers by MPI; as many threads as there are processors, so that they may wait for each other.</summary>
    /// <param name="count">The number of processes.</param>
    /// <param name="arguments">The arguments of each.</param>
    /// <param name="byRank">Arguments of the process of one rank, in place of the others.</param>
    internal static Child StartSeveral(int count, IEnumerable<string> arguments, (int Rank, string[] Arguments)? byRank = null)
    {
        string[] one = ["dotnet", s_program, .. arguments];
        string[] command = byRank is not var (rank, other) ? ["-n", Text(count), .. one]
            : [.. Enumerable.Range(0, count).SelectMany(each => (string[])[.. each == 0 ? (string[])[] : [":"], "-n", "1", .. each == rank ? ["dotnet", s_program, .. other] : one])];
        return With(new ProcessStartInfo("mpiexec", command), []);
    }

    /// <summary>Skips the test where there is no MPI.</summary>
    internal static void RequireMpi() => Assert.SkipUnless(
        OperatingSystem.IsLinux() && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "mpiexec.hydra"))), "needs MPICH (Debian: mpich)");

    /// <summary>Starts the program after a command of the shell, such as <c>ulimit</c>.</summary>
    internal static Child StartAfter(string command, IEnumerable<string> arguments) =>
        With(new ProcessStartInfo("sh", ["-c", $"{command}; exec \"$@\"", "sh", "dotnet", s_program, .. arguments]), []);

    /// <summary>Runs a command line of the program to its end.</summary>
    internal static async Task<CliRun> Run(IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        using Child child = Start(arguments, environment);
        return await child.End();
    }

    /// <summary>Waits until something holds or the process has ended, and then for some time.</summary>
    internal async Task Wait(Func<bool> reached, TimeSpan delay)
    {
        while (!_process.HasExited && !reached())
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        if (delay > TimeSpan.Zero && !_process.HasExited)
        {
            await Task.Delay(delay, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    internal async Task Kill()
    {
        _process.Kill();
        await End();
    }

    /// <summary>Sends a signal, such as <c>TERM</c>.</summary>
    internal void Signal(string signal)
    {
        using Process kill = Process.Start(new ProcessStartInfo("sh", ["-c", $"kill -{signal} {_process.Id} 2>/dev/null"]))!;
        kill.WaitForExit();
    }

    /// <summary>Waits for the end.</summary>
    internal async Task<CliRun> End()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Duration = Stopwatch.GetElapsedTime(_start);
        return new CliRun(_process.ExitCode, await _output, await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <summary>Skips the test where processes cannot be killed and limited by the shell.</summary>
    internal static void Require() => Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux's signals, limits and tmpfs");

    /// <summary>Skips the test if children inherit an ignored SIGINT (bit SIGINT − 1 of the mask), as in background jobs of a shell.</summary>
    internal static void RequireInterrupts()
    {
        string line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        bool ignored = (ulong.Parse(line["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 2) != 0;
        Assert.SkipWhen(ignored, "this test run was started with SIGINT ignored, which its children inherit");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Child With(ProcessStartInfo start, (string Name, string Value)[] environment)
    {
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new Child(start);
    }
}
