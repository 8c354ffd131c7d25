using System.Diagnostics;
using System.Globalization;

namespace Espalier.Cli.Tests.Terminals;

/// <summary>Runs the built program from a shell, in pipes or in a pseudo-terminal.</summary>
internal static class Shell
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // a loaded machine may take long to start a process
    private static readonly string Espalier = Path.Combine(AppContext.BaseDirectory, "espalier.dll");

    /// <summary>A command line of the program.</summary>
    internal static string Program(IEnumerable<string> arguments) => string.Join(' ', arguments.Prepend(Espalier).Prepend("dotnet").Select(Quoted));

    /// <summary>Runs a command of the shell with pipes for its streams.</summary>
    internal static async Task<CliRun> Run(string command)
    {
        var start = new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("NO_COLOR");
        start.Environment["TERM"] = "xterm-256color";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation).WaitAsync(Patience, cancellation);
        return new CliRun(process.ExitCode, await output, await error);
    }

    /// <summary>Runs a command in a pseudo-terminal. What it showed is standard output of the answer.</summary>
    /// <param name="columns">How wide the terminal is.</param>
    /// <param name="command">The command; redirections hold within the terminal.</param>
    internal static Task<CliRun> RunInTerminal(int columns, string command) =>
        Run($"script -qec {Quoted(string.Create(CultureInfo.InvariantCulture, $"stty cols {columns} rows 40; exec {command}"))} /dev/null");

    /// <summary>Skips the test where a tool that it needs is missing.</summary>
    internal static void Require(string tool)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux's script, tmux and /dev/full");
        string[] folders = Environment.GetEnvironmentVariable("PATH")!.Split(':');
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, tool))), $"{tool} is not installed");
    }

    internal static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
