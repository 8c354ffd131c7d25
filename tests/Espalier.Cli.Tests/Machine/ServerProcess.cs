using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Espalier.Cli.Tests.Machine;

/// <summary><c>espalier serve</c> on a free port, in a process of its own.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "espalier.dll");

    private readonly Process _process;
    private readonly Task<string> _log;

    private ServerProcess(Process process, Task<string> log, string line)
    {
        (_process, _log, Line) = (process, log, line);
        Client = new HttpClient { BaseAddress = new Uri(Address().Match(line).Value) };
    }

    /// <summary>What it says when it is ready.</summary>
    internal string Line { get; }

    internal HttpClient Client { get; }

    internal static async Task<ServerProcess> Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [s_program, "serve", "--port", "0", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process = Process.Start(start)!;
        Task<string> log = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(s_patience, TestContext.Current.CancellationToken);
        return new ServerProcess(process, log, line ?? throw new InvalidOperationException(await log));
    }

    internal async Task Signal(string signal)
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -{signal} {_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for its end; returns its exit code and what it has logged.</summary>
    internal async Task<(int Code, string Log)> End()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        return (_process.ExitCode, await _log);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        Client.Dispose();
    }

    [GeneratedRegex(@"http://[0-9.:]+")]
    private static partial Regex Address();
}
